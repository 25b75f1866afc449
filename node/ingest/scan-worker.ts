import { parentPort } from 'node:worker_threads'
import { transferablesOf } from './allele-batch.js'
import { scanChunk, type ScanSource } from './scan-chunk.js'
import type { ScanTask } from './scan-pool.js'

/** The thread of a scan worker: told of a source once, it scans pieces of it in the order in which they come. */
if (!parentPort) throw new TypeError('scan-worker runs as a worker thread')
const port = parentPort
let source: ScanSource | undefined

port.on('message', (task: ScanTask) => {
  if (task.kind === 'source') {
    source = task.source
    return
  }
  if (!source) throw new TypeError('a piece came before its source')
  const chunk = scanChunk(source, task.piece)
  port.postMessage(chunk, [chunk.head.buffer, chunk.tail.buffer, ...transferablesOf(chunk.batch)])
})
