import { parentPort } from 'node:worker_threads'
import { transferablesOf } from './scan-batch.js'
import { ChunkScanner } from './scan-chunk.js'
import type { ScanTask } from './scan-pool.js'

/** The thread of a scan worker: told of a source once, it scans pieces of it in the order in which they come. */
if (!parentPort) throw new TypeError('scan-worker runs as a worker thread')
const port = parentPort
let scanner: ChunkScanner | undefined

port.on('message', (task: ScanTask) => {
  if (task.kind === 'source') {
    scanner?.close()
    scanner = new ChunkScanner(task.source)
    return
  }
  if (!scanner) throw new TypeError('a piece came before its source')
  const chunk = scanner.scan(task.piece)
  port.postMessage(chunk, [chunk.head.buffer, chunk.tail.buffer, ...transferablesOf(chunk.batch)])
})
