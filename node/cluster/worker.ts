// The program of a worker: a node that shares its port with the others. node:cluster ends it when the primary is gone.
import cluster from 'node:cluster'
import { createNode, type RunningNode } from '../create-node.js'
import { waitForStopSignal } from '../stop-signal.js'
import type { FromWorker, ToWorker } from './messages.js'

/** Counts that a killed worker takes with it are at most this old. */
const TELL_COUNTED_MS = 1_000

function tell(message: FromWorker): void {
  if (process.connected) process.send!(message)
}

async function tellCounted({ metrics }: RunningNode): Promise<void> {
  tell({ kind: 'counted', metrics: await metrics.ofRequests.getMetricsAsJSON() })
}

async function serve(
  { directory, config, slot }: Extract<ToWorker, { kind: 'start' }>,
  stopped: Promise<unknown>,
): Promise<void> {
  const node = await createNode(config, { directory, worker: slot })
  const reports = setInterval(() => void tellCounted(node), TELL_COUNTED_MS)
  try {
    tell({ kind: 'listening', url: await node.listenPublic() })
    process.on('message', (message: ToWorker) => {
      if (message.kind !== 'report') return
      void node.metrics.registry.getMetricsAsJSON().then((metrics) => tell({ kind: 'metrics', metrics }))
    })
    await stopped
  } finally {
    clearInterval(reports)
    await node.close()
  }
  await tellCounted(node)
}

const toldToStop = new Promise<void>((resolve) => {
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') resolve()
  })
})
const stopped = Promise.race([waitForStopSignal(), toldToStop])
process.on('message', (message: ToWorker) => {
  if (message.kind !== 'start') return
  serve(message, stopped)
    .catch((error: unknown) => {
      process.exitCode = 1
      tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
    })
    .finally(() => cluster.worker!.disconnect())
})
tell({ kind: 'hello' })
