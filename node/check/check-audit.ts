import type { NodeConfig } from '../../schemas/index.js'
import { openNote } from '../../schemas/index.js'
import { AuditError } from '../audit/audit-error.js'
import { readAuditKeys } from '../audit/audit-key.js'
import { auditDirectory, listChains } from '../audit/chain-files.js'
import { readLastNote } from '../audit/checkpoint-files.js'
import { originOf, parseCheckpointText, type Checkpoint } from '../audit/checkpoint.js'
import { readChainEnd } from '../audit/log-file.js'
import { readDispute, readLastKept } from '../audit/witness-files.js'
import { witnessSettings } from '../config.js'
import { problem, reasonOf, warning, type Finding } from './finding.js'

/** A checkpoint is sent at once, and again after five minutes at most. */
const LATE_MS = 15 * 60_000

/** The ends of the audit log: last entries, last checkpoint, last cosignatures. The whole is for `audit verify`. */
export async function checkAudit(directory: string, config: NodeConfig, now: Date): Promise<readonly Finding[]> {
  const verify = `run fyr-node audit verify ${directory}`
  const findings: Finding[] = []
  const folder = auditDirectory(directory)
  const ends = new Map<string, number>()
  for (const { chain } of listChains(folder)) {
    attempt(`audit/${chain}.ndjson`, () => ends.set(chain, readChainEnd(folder, chain).seq))
  }
  const checkpoint = attempt('audit/checkpoints', () => readCheckpoint(directory, config.id))
  for (const { chain, seq } of checkpoint?.chains ?? []) {
    const end = ends.get(chain)
    if (end === undefined && findings.some(({ where }) => where === `audit/${chain}.ndjson`)) continue
    if ((end ?? 0) >= seq) continue
    const what = `it ends with entry ${end ?? 0}, and a checkpoint covers ${seq}: its end is gone`
    findings.push(problem(`audit/${chain}.ndjson`, what, verify))
  }
  for (const { name } of attempt('node.yaml', () => witnessSettings(config)) ?? []) {
    findings.push(...(await checkWitness(directory, name, checkpoint, now, verify)))
  }
  return findings

  function attempt<T>(where: string, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      const isKnown = error instanceof AuditError || (error as NodeJS.ErrnoException).syscall !== undefined
      // What is wrong with node.yaml is said of it.
      if (where === 'node.yaml') return undefined
      if (!isKnown) throw error
      findings.push(problem(where, reasonOf(error).replace(/: run audit verify$/, ''), verify))
      return undefined
    }
  }
}

/** @throws AuditError it is not as the node made it */
function readCheckpoint(directory: string, nodeId: string): Checkpoint | undefined {
  const { note } = readLastNote(auditDirectory(directory))
  if (note === undefined) return undefined
  let publicKey
  try {
    publicKey = readAuditKeys(directory).publicKey
  } catch {
    // What is wrong with the key is said of it.
    return undefined
  }
  const text = openNote(note, { name: originOf(nodeId), publicKey })
  const checkpoint = text === undefined ? undefined : parseCheckpointText(text)
  if (!checkpoint) throw new AuditError('the last checkpoint was not signed by the key of the node')
  return checkpoint
}

async function checkWitness(
  directory: string,
  name: string,
  checkpoint: Checkpoint | undefined,
  now: Date,
  verify: string,
): Promise<readonly Finding[]> {
  const where = `witness ${name}`
  try {
    const dispute = readDispute(directory, name)
    if (dispute) {
      const what = `it refused checkpoint ${dispute.number} at ${dispute.ts}: it has cosigned another history`
      return [problem(where, what, `${verify} --witnesses`)]
    }
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    return [problem(where, 'what it disputed cannot be read', `${verify} --witnesses, and remove the file`)]
  }
  if (!checkpoint || now.getTime() - Date.parse(checkpoint.ts) < LATE_MS) return []
  const kept = await readLastKept(directory, name)
  if (kept && kept.number >= checkpoint.number) return []
  const what = `it has cosigned ${kept ? `checkpoint ${kept.number}` : 'nothing'}, and ${checkpoint.number} is of ${checkpoint.ts}`
  return [warning(where, what, 'see that the node serves and the witness can be reached and knows its log')]
}
