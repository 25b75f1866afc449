import type { Request, Response } from 'express'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HtsgetFormat } from '../../schemas/index.js'
import { NodeError } from '../errors.js'
import { writeHead } from '../send.js'
import type { DataAnswer } from './answer-data.js'
import { chooseRange } from './byte-range.js'
import { corsHeaders } from './cors.js'

/** How often a right is looked at while data leave, milliseconds: what is withdrawn ends answers within a minute. */
const LOOK_AGAIN_MS = 10_000

/** What sees data leave. */
export interface SendWatch {
  readonly now: () => Date
  readonly onSent: (format: HtsgetFormat, bytes: number) => void
}

/** Genomes do not belong into caches on the way. */
const COMMON = ['content-type', 'application/octet-stream', 'cache-control', 'no-store']

/**
 * Sends data as fast as the caller takes them: all, or the part of which the request's Range speaks where the size is known.
 *
 * @throws NodeError range_not_satisfiable; before anything was sent
 */
export async function sendData(
  request: Request,
  response: Response,
  answer: DataAnswer,
  watch: SendWatch,
): Promise<void> {
  const { body, etag, record } = answer
  const sendAll = (bytes: AsyncIterable<Buffer>) => send(whileUpheld(bytes, answer, watch), response, answer)
  const headers = [...COMMON, ...(etag === undefined ? [] : ['etag', etag]), ...corsHeaders(request)]
  const isHead = request.method === 'HEAD'
  if (body.kind === 'unsized') {
    await record()
    // Without a length Node sends chunks.
    writeHead(response, 200, [...headers, 'accept-ranges', 'none'])
    return isHead ? void response.end() : sendAll(body.stream())
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
  await record(isHead ? 0 : end - start)
  writeHead(response, wanted.kind === 'part' ? 206 : 200, [
    ...headers,
    'accept-ranges',
    'bytes',
    'content-length',
    String(end - start),
    ...(wanted.kind === 'part' ? ['content-range', `bytes ${start}-${end - 1}/${body.size}`] : []),
  ])
  return isHead || start === end ? void response.end() : sendAll(body.stream(start, end))
}

/** What was decided when the answer began does not hold any more. */
class RightLost extends Error {}

/** What cannot be told is not there. */
function isStillUpheld({ isUpheld }: DataAnswer): boolean {
  try {
    return isUpheld()
  } catch {
    return false
  }
}

/** Bytes are given only while the right to them is there. A caller who takes none gets no more than stands in buffers on the way. */
async function* whileUpheld(
  bytes: AsyncIterable<Buffer>,
  answer: DataAnswer,
  { now, onSent }: SendWatch,
): AsyncGenerator<Buffer> {
  let lookedAt = now().getTime()
  for await (const chunk of bytes) {
    const time = now().getTime()
    if (Math.abs(time - lookedAt) >= LOOK_AGAIN_MS) {
      if (!isStillUpheld(answer)) throw new RightLost()
      lookedAt = time
    }
    onSent(answer.format, chunk.length)
    yield chunk
  }
}

/** A caller that goes away is no fault of anybody; the reading has ended with it. */
async function send(bytes: AsyncIterable<Buffer>, response: Response, answer: DataAnswer): Promise<void> {
  let isLost = false
  // Who takes nothing is looked at, too, so that the connection does not wait for them.
  const timer = setInterval(() => {
    isLost ||= !isStillUpheld(answer)
    if (isLost) response.destroy()
  }, LOOK_AGAIN_MS)
  timer.unref()
  try {
    await pipeline(Readable.from(bytes, { objectMode: false }), response)
  } catch (error) {
    if (isLost || error instanceof RightLost) return await answer.recordLoss()
    if (!response.closed && !response.destroyed) throw error
    if (
      (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE' &&
      (error as Error).name !== 'AbortError'
    )
      throw error
  } finally {
    clearInterval(timer)
  }
}
