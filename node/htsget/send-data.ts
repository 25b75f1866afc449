import type { Request, Response } from 'express'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NodeError } from '../errors.js'
import { writeHead } from '../send.js'
import type { DataAnswer } from './answer-data.js'
import { chooseRange } from './byte-range.js'
import { corsHeaders } from './cors.js'

/** Genomes do not belong into caches on the way. */
const COMMON = ['content-type', 'application/octet-stream', 'cache-control', 'no-store']

/**
 * Sends data as fast as the caller takes them: all, or the part of which the request's Range speaks where the size is known.
 *
 * @throws NodeError range_not_satisfiable; before anything was sent
 */
export async function sendData(request: Request, response: Response, answer: DataAnswer): Promise<void> {
  const { body, etag, record } = answer
  const headers = [...COMMON, ...(etag === undefined ? [] : ['etag', etag]), ...corsHeaders(request)]
  const isHead = request.method === 'HEAD'
  if (body.kind === 'unsized') {
    await record()
    // Without a length Node sends chunks.
    writeHead(response, 200, [...headers, 'accept-ranges', 'none'])
    return isHead ? void response.end() : send(body.stream(), response)
  }
  const { range } = request.headers
  const ifRange = request.headers['if-range']
  const wanted = chooseRange(range, typeof ifRange === 'string' ? ifRange : undefined, etag, body.size)
  if (wanted.kind === 'unsatisfiable') {
    throw new NodeError('range_not_satisfiable', `the data are ${body.size} bytes`, {
      headers: ['content-range', `bytes */${body.size}`],
    })
  }
  const { start, end } = wanted.kind === 'part' ? wanted : { start: 0, end: body.size }
  await record()
  writeHead(response, wanted.kind === 'part' ? 206 : 200, [
    ...headers,
    'accept-ranges',
    'bytes',
    'content-length',
    String(end - start),
    ...(wanted.kind === 'part' ? ['content-range', `bytes ${start}-${end - 1}/${body.size}`] : []),
  ])
  return isHead || start === end ? void response.end() : send(body.stream(start, end), response)
}

/** A caller that goes away is no fault of anybody; the reading has ended with it. */
async function send(bytes: AsyncIterable<Buffer>, response: Response): Promise<void> {
  try {
    await pipeline(Readable.from(bytes, { objectMode: false }), response)
  } catch (error) {
    if (!response.closed && !response.destroyed) throw error
    if (
      (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE' &&
      (error as Error).name !== 'AbortError'
    )
      throw error
  }
}
