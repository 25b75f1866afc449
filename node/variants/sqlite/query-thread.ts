import { parentPort, workerData } from 'node:worker_threads'
import { answerSeveral } from './answer-several.js'
import type { RowBudget } from './merge-alleles.js'
import { decodeVisible, encodeAnswer, type EncodedAnswer, type QueryTask } from './query-task.js'
import { createSegmentHandles, MissingSegmentError, type CacheBudget } from './segment-handles.js'
import { openSegment, type Segment } from './segment.js'

/** What a query thread is told. */
export type ThreadMessage =
  | { readonly kind: 'ask'; readonly task: QueryTask; /** Not 0 once nobody waits. */ readonly cancelled: Int32Array }
  /** These files are not needed any more. */
  | { readonly kind: 'forget'; readonly paths: readonly string[] }

/** What it says of each task. */
export type ThreadReply =
  | { readonly kind: 'answered'; readonly answer: EncodedAnswer }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined }

if (!parentPort) throw new TypeError('this file runs as a thread')
const port = parentPort
const handles = createSegmentHandles(workerData as CacheBudget)
const segments = new Map<string, Segment>()

function segmentAt(path: string): Segment {
  let segment = segments.get(path)
  if (!segment) segments.set(path, (segment = openSegment(path, handles)))
  return segment
}

function answer({ datasets, query, page }: QueryTask, cancelled: Int32Array): ThreadReply {
  const budget: RowBudget = {
    left: Infinity,
    spend() {
      if (Atomics.load(cancelled, 0) !== 0) throw new Error('nobody waits for the answer')
    },
  }
  try {
    const asked = datasets.map(({ assembly, paths, visible }) => ({
      assembly,
      segments: paths.map(segmentAt),
      visible: decodeVisible(visible),
    }))
    return { kind: 'answered', answer: encodeAnswer(answerSeveral(asked, query, page, budget)) }
  } catch (error) {
    if (error instanceof MissingSegmentError) return { kind: 'missing', message: error.message }
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    return { kind: 'failed', message, stack }
  }
}

port.on('message', (message: ThreadMessage) => {
  if (message.kind === 'ask') return port.postMessage(answer(message.task, message.cancelled))
  for (const path of message.paths) {
    segments.delete(path)
    handles.forget(path)
  }
})
