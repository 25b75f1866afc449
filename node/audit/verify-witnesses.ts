import { COSIGNATURE, openCosignature, parseSignatures, signaturesOf, textOfNote } from '../../schemas/index.js'
import { auditDirectory } from './chain-files.js'
import { originOf, parseCheckpointText } from './checkpoint.js'
import { readLatest } from './checkpoint-files.js'
import { verifyAudit, type AuditVerdict, type VerifyOptions } from './verify-audit.js'
import type { SeenCheckpoint, WitnessAddress, WitnessClient } from './witness-client.js'
import { cosignaturesName, readDispute, readKept, type Dispute, type KeptCosignature } from './witness-files.js'

/** What a witness says of the log. */
export interface WitnessVerdict {
  readonly name: string
  /** The last checkpoint whose cosignature is kept here. */
  readonly cosigned?: { readonly checkpoint: number; readonly entries: number; readonly ts: string }
  /** What the witness itself says it cosigned last; only where it was asked. */
  readonly seen?: { readonly entries: number; readonly ts: string }
  /** It did not cosign a checkpoint, because it had cosigned another history. */
  readonly dispute?: Dispute
  /** Absent: nothing that is known of the witness speaks against the log. */
  readonly problem?: string
}

export interface WitnessedVerdict extends AuditVerdict {
  readonly witnesses: readonly WitnessVerdict[]
}

export interface WitnessedOptions extends VerifyOptions {
  readonly witnesses: readonly WitnessAddress[]
  /** Absent: what is kept here is checked alone, which whoever changed the log could have changed, too. */
  readonly client?: Pick<WitnessClient, 'fetchLast'>
}

/**
 * Reads the whole log as `verifyAudit` does, and compares it with what witnesses cosigned: what is kept of them here, and, where
 * they are asked, what they have themselves. A log that was written anew as a whole agrees with itself, but not with these.
 *
 * @throws AuditError the node has no key
 */
export async function verifyWitnessed(nodeDirectory: string, options: WitnessedOptions): Promise<WitnessedVerdict> {
  const { witnesses, client, ...rest } = options
  const checks = await Promise.all(
    witnesses.map((witness) => openCheck(nodeDirectory, witness, client, originOf(options.nodeId))),
  )
  const verdict = await verifyAudit(nodeDirectory, {
    ...rest,
    onEntry: (tree) => checks.forEach((check) => check.onSize(tree.size, () => tree.root())),
    async onCheckpoint({ number }, text) {
      for (const check of checks) await check.onCheckpoint(number, text)
    },
  })
  const results: WitnessVerdict[] = []
  for (const check of checks) results.push(await check.end(verdict))
  return { ...verdict, witnesses: results }
}

interface WitnessCheck {
  /** The tree has so many leaves now. */
  onSize(size: number, root: () => Buffer): void
  onCheckpoint(number: number, text: string): Promise<void>
  end(verdict: AuditVerdict): Promise<WitnessVerdict>
}

async function openCheck(
  nodeDirectory: string,
  witness: WitnessAddress,
  client: WitnessedOptions['client'],
  origin: string,
): Promise<WitnessCheck> {
  const { name } = witness
  const kept = readKept(nodeDirectory, name)
  const problems: string[] = []
  let line = 0
  let next: KeptCosignature | undefined
  let isOver = false
  let cosigned: WitnessVerdict['cosigned']
  let seen: SeenCheckpoint | undefined
  let seenRoot: Buffer | undefined
  let isForgotten = false
  // Before the log is read: what a witness has seen is in it.
  if (client) {
    try {
      seen = await client.fetchLast(witness, origin)
      isForgotten = !seen
    } catch (error) {
      problems.push(`it cannot be asked: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async function advance(): Promise<void> {
    next = undefined
    while (!next && !isOver) {
      const read = await kept.next()
      if (read.done) {
        isOver = true
        return
      }
      line++
      next = read.value
      if (!next) problems.push(`line ${line} of audit/${cosignaturesName(name)} cannot be read`)
    }
  }

  function check({ number, size, line: signature }: KeptCosignature, text: string): void {
    const signatures = parseSignatures(signature)
    const cosignature = signatures && openCosignature({ text, signatures }, witness.key)
    if (cosignature) {
      cosigned = { checkpoint: number, entries: size, ts: toTime(cosignature.seconds) }
    } else if (!signatures || signaturesOf({ signatures }, witness.key, COSIGNATURE).length > 0) {
      problems.push(`it cosigned another checkpoint ${number} than the one that is here`)
    }
  }

  await advance()
  return {
    onSize(size, root) {
      if (size === seen?.head.size) seenRoot = root()
    },
    async onCheckpoint(number, text) {
      // A line out of its turn stays the next one, and is told at the end.
      while (next && next.number === number) {
        check(next, text)
        await advance()
      }
    },
    async end(verdict) {
      const dispute = readDispute(nodeDirectory, name)
      if (!verdict.fault) {
        while (next && isMadeMeanwhile(nodeDirectory, next.number, verdict.checkpoints)) await advance()
        if (next) problems.push(`it cosigned checkpoint ${next.number} of ${next.size} entries, which is not here`)
        if (isForgotten && cosigned)
          problems.push('it says that it never cosigned this log, and what it cosigned is here')
        if (seen) problems.push(...compare(seen, seenRoot, verdict))
        else if (dispute)
          problems.push(`it refused checkpoint ${dispute.number} at ${dispute.ts}: ask it, by --witnesses`)
      }
      await kept.return()
      return {
        name,
        ...(cosigned ? { cosigned } : {}),
        ...(seen ? { seen: { entries: seen.head.size, ts: toTime(seen.cosignature.seconds) } } : {}),
        ...(dispute ? { dispute } : {}),
        ...(problems.length === 0 ? {} : { problem: problems.join('; ') }),
      }
    },
  }
}

function compare(seen: SeenCheckpoint, root: Buffer | undefined, { covered }: AuditVerdict): readonly string[] {
  const { head, cosignature } = seen
  const what = `it cosigned ${head.size} entries at ${toTime(cosignature.seconds)}`
  if (head.size > covered) return [`${what}, and the checkpoints here cover ${covered}`]
  return root?.equals(head.root) ? [] : [`${what} that are not those of this log`]
}

/** The node may serve while its log is read. */
function isMadeMeanwhile(nodeDirectory: string, number: number, read: number): boolean {
  const note = readLatest(auditDirectory(nodeDirectory))
  const last = note === undefined ? undefined : parseCheckpointText(textOfNote(note))
  return number > read && last !== undefined && number <= last.number
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
