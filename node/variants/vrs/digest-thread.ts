import { parentPort, workerData } from 'node:worker_threads'
import type { AssemblyId } from '../../../schemas/assembly.js'
import { digestReference } from './digest-reference.js'

/** One reference to hash. */
export interface DigestTask {
  readonly assembly: AssemblyId
  readonly path: string
}

if (!parentPort) throw new TypeError('this file runs as a thread')
const { assembly, path } = workerData as DigestTask
parentPort.postMessage(digestReference(assembly, path))
