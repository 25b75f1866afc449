import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { NodeConfig } from '../../schemas/index.js'
import { witnessSettings } from '../config.js'
import { createWitnessMetrics, type WitnessMetrics } from '../metrics/witness-metrics.js'
import { startCheckpoints } from './checkpoints.js'
import { startSending, type CheckpointSender, type SendReport } from './send-checkpoints.js'
import type { WitnessAddress } from './witness-client.js'
import { readDispute, readLastKept } from './witness-files.js'

export interface OpenCheckpointsOptions {
  readonly now: () => Date
  readonly log: Logger
  /** Where the metrics of the witnesses go. */
  readonly registry: Registry
}

/** The checkpoints of a node while it serves, and what its witnesses are sent of them. */
export interface Checkpoints {
  /** The last one is made when nobody writes any more, and sent to the witnesses that are there. */
  stop(): Promise<void>
}

/** @throws ConfigError the witnesses of node.yaml cannot be used */
export async function openCheckpoints(
  directory: string,
  config: NodeConfig,
  options: OpenCheckpointsOptions,
): Promise<Checkpoints> {
  const { now, log } = options
  const witnesses = witnessSettings(config)
  const allowPrivate = config.audit?.allowPrivate ?? false
  const sender = witnesses.length === 0 ? undefined : await openSender(directory, witnesses, allowPrivate, options)
  const maker = startCheckpoints(directory, {
    nodeId: config.id,
    now,
    onProblem: (err) => log.error({ err }, 'no checkpoint of the audit log can be made'),
    onCheckpoint: () => sender?.wake(),
  })
  return {
    async stop() {
      await maker.stop()
      await sender?.close()
    },
  }
}

async function openSender(
  directory: string,
  witnesses: readonly WitnessAddress[],
  allowPrivate: boolean,
  { now, log, registry }: OpenCheckpointsOptions,
): Promise<CheckpointSender> {
  // Loaded where there is somebody to ask.
  const { createWitnessClient } = await import('./witness-client.js')
  const client = createWitnessClient({ allowPrivate })
  const metrics = createWitnessMetrics(registry)
  for (const { name } of witnesses) {
    const kept = await readLastKept(directory, name)
    metrics.entries.set({ witness: name }, kept?.size ?? 0)
    metrics.disputed.set({ witness: name }, readDispute(directory, name) ? 1 : 0)
  }
  const sender = startSending(directory, witnesses, {
    client,
    now,
    onResult: createReporter(log, metrics, now),
    onProblem: (err) => log.error({ err }, 'a checkpoint of the audit log cannot be sent to a witness'),
  })
  return {
    wake: () => sender.wake(),
    async close() {
      await sender.close()
      await client.close()
    },
  }
}

/** In a row, a few seconds: a witness that starts anew is not worth a line. */
const TOLD_FAILURES = 3

/** A witness that is down is one line when it goes and one when it is back; one that disagrees is told each time. */
function createReporter(log: Logger, metrics: WitnessMetrics, now: () => Date): (report: SendReport) => void {
  const failures = new Map<string, number>()
  return ({ witness, result, checkpoint: { number, size }, reason }) => {
    metrics.submissions.inc({ witness, result })
    const about = { witness, checkpoint: number, entries: size }
    const before = failures.get(witness) ?? 0
    if (result === 'cosigned') {
      metrics.entries.set({ witness }, size)
      metrics.seconds.set({ witness }, Math.floor(now().getTime() / 1000))
      metrics.disputed.set({ witness }, 0)
      failures.delete(witness)
      if (before >= TOLD_FAILURES) log.info(about, 'the witness cosigns checkpoints again')
      return
    }
    failures.set(witness, before + 1)
    if (result === 'disputed') {
      metrics.disputed.set({ witness }, 1)
      log.error({ ...about, reason }, 'a witness disputes the audit log: run audit verify --witnesses')
    } else if (before + 1 === TOLD_FAILURES) log.warn({ ...about, reason }, 'a witness does not cosign checkpoints')
  }
}
