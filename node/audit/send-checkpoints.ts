import { openCosignature, parseSignatures, textOfNote } from '../../schemas/index.js'
import { auditDirectory } from './chain-files.js'
import { parseCheckpointText, type Checkpoint } from './checkpoint.js'
import { readLatest, withTree } from './checkpoint-files.js'
import { proveConsistency } from './merkle.js'
import type { Submitted, WitnessAddress, WitnessClient } from './witness-client.js'
import { endDispute, keepCosignature, keepDispute, readDispute, readLastKept } from './witness-files.js'

/** A witness is sent the last checkpoint no more often than this, however many are made. */
const LEAST_INTERVAL_MS = 10_000
/** After the first failure; twice as long after each more. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 300_000
/** The last checkpoint of a node that stops is sent, but no witness may keep the node from stopping. */
const LAST_TRY_MS = 2_000

/** What came of sending a checkpoint. */
export type SendResult = 'cosigned' | 'disputed' | 'refused' | 'failed'

export interface SendReport {
  readonly witness: string
  readonly result: SendResult
  readonly checkpoint: Pick<Checkpoint, 'number' | 'size'>
  /** Why it was not cosigned. */
  readonly reason?: string
}

export interface SendOptions {
  readonly client: WitnessClient
  readonly now: () => Date
  /** Told what came of each try. */
  readonly onResult: (report: SendReport) => void
  /** Told of failures of our own: files that cannot be read or written. */
  readonly onProblem: (error: unknown) => void
  /** For tests. */
  readonly leastIntervalMs?: number
  readonly firstWaitMs?: number
}

/** Sends the last checkpoint to every witness, each at its own pace. No request waits for it. */
export interface CheckpointSender {
  /** There is a new checkpoint. */
  wake(): void
  /** Sends the last one to those who do not have it, for a short time. */
  close(): Promise<void>
}

export function startSending(
  nodeDirectory: string,
  witnesses: readonly WitnessAddress[],
  options: SendOptions,
): CheckpointSender {
  const couriers = witnesses.map((witness) => startCourier(nodeDirectory, witness, options))
  return {
    wake: () => couriers.forEach((courier) => courier.wake()),
    async close() {
      await Promise.all(couriers.map((courier) => courier.close()))
    },
  }
}

/** One try after the other to one witness. */
function startCourier(nodeDirectory: string, witness: WitnessAddress, options: SendOptions): CheckpointSender {
  const { onResult, onProblem, leastIntervalMs = LEAST_INTERVAL_MS, firstWaitMs = FIRST_WAIT_MS } = options
  let isWaiting = false
  let isClosed = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  function sleep(ms: number): void {
    timer = setTimeout(() => {
      timer = undefined
      if (isWaiting) begin()
    }, ms)
    timer.unref()
  }

  function begin(): void {
    isWaiting = false
    running = send().finally(() => (running = undefined))
  }

  async function send(): Promise<void> {
    let result: SendResult | undefined
    try {
      const report = await sendLast(nodeDirectory, witness, options)
      if (report) onResult(report)
      result = report?.result ?? 'cosigned'
    } catch (error) {
      onProblem(error)
    }
    failures = result === 'cosigned' ? 0 : failures + 1
    if (failures > 0) isWaiting = true
    if (isClosed) return
    // Not all at once, when several nodes lost the same witness.
    const wait = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)
    sleep(failures === 0 ? leastIntervalMs : wait)
  }

  return {
    wake() {
      isWaiting = true
      if (!isClosed && !running && !timer) begin()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      const ended = (async () => {
        await running
        if (isWaiting) await send()
      })()
      await Promise.race([ended, within(LAST_TRY_MS)])
    },
  }
}

function within(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

/** @returns undefined: there is nothing that the witness has not cosigned */
async function sendLast(
  nodeDirectory: string,
  witness: WitnessAddress,
  { client, now }: SendOptions,
): Promise<SendReport | undefined> {
  const directory = auditDirectory(nodeDirectory)
  const note = readLatest(directory)
  const text = note === undefined ? undefined : textOfNote(note)
  const checkpoint = text === undefined ? undefined : parseCheckpointText(text)
  if (note === undefined || text === undefined || !checkpoint) return undefined
  const { name } = witness
  const kept = await readLastKept(nodeDirectory, name)
  const { number, size } = checkpoint
  const signatures = kept && parseSignatures(kept.line)
  const isCosigned = signatures !== undefined && openCosignature({ text, signatures }, witness.key) !== undefined
  if (isCosigned && readDispute(nodeDirectory, name) === undefined) return undefined
  const submit = (old: number): Promise<Submitted> => {
    const proof = withTree(directory, (readHash) => proveConsistency(old, size, readHash))
    return client.submit(witness, { old, proof, note })
  }
  const first = kept === undefined ? 0 : Math.min(kept.size, size)
  let submitted = await submit(first)
  // It has cosigned what no answer came of, or what is kept here was lost.
  if (submitted.kind === 'other-size' && submitted.size !== first && submitted.size <= size) {
    submitted = await submit(submitted.size)
  }
  const report = { witness: name, checkpoint: { number, size } }
  switch (submitted.kind) {
    case 'cosigned':
      if (!isCosigned) {
        await keepCosignature(nodeDirectory, name, { number, size, line: submitted.cosignature.line })
      }
      endDispute(nodeDirectory, name)
      return { ...report, result: 'cosigned' }
    case 'inconsistent':
    case 'other-size': {
      const seen = submitted.kind === 'other-size' ? { seen: submitted.size } : {}
      const known = readDispute(nodeDirectory, name)
      if (!known) await keepDispute(nodeDirectory, name, { ts: now().toISOString(), number, size, ...seen })
      const reason =
        submitted.kind === 'inconsistent'
          ? 'it has cosigned a log of which this one is not the continuation'
          : `it has cosigned ${submitted.size} entries, and this log has ${size}`
      return { ...report, result: 'disputed', reason }
    }
    case 'refused':
    case 'failed':
      return { ...report, result: submitted.kind, reason: submitted.reason }
  }
}
