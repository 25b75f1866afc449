import type { Response } from 'express'
import { STATUS_CODES } from 'node:http'
import { sendJsonText } from './send.js'

/** Sends an error as RFC 9457 has it. @param code a word for programs */
export function sendProblem(
  response: Response,
  status: number,
  code: string,
  detail: string,
  headers: readonly string[] = [],
): void {
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail }
  const noStore = ['cache-control', 'no-store', ...headers]
  sendJsonText(response, status, JSON.stringify(body), noStore, 'application/problem+json; charset=utf-8')
}
