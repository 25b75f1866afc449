import { statSync } from 'node:fs'
import { witnessPath } from '../../schemas/witness/open-witness.js'
import { checkTicketKeys, ticketKeysPath } from '../access/ticket-keys.js'
import { administratorsPath, listAdministrators } from '../admin/administrators.js'
import { auditKeyPath, readAuditKeys } from '../audit/audit-key.js'
import { auditDirectory, listChains } from '../audit/chain-files.js'
import { readVisaKeys, visaKeyPath } from '../visas/visa-key.js'
import { problem, type Finding } from './finding.js'

/** Whoever else may do anything with a file. */
const OF_ALL_BUT_ITS_OWNER = 0o077

interface OwnKey {
  readonly path: string
  /** @throws whatever it is damaged by */
  readonly read: () => unknown
  readonly remedy: string
}

/** The keys that the node makes for itself; what is not there yet will be made. */
export function checkKeys(directory: string): readonly Finding[] {
  const keys: readonly OwnKey[] = [
    {
      path: auditKeyPath(directory),
      read: () => readAuditKeys(directory),
      remedy: 'put it back from a backup: with another key the log is another one',
    },
    {
      path: ticketKeysPath(directory),
      read: () => checkTicketKeys(directory),
      remedy: 'delete it: tickets of the last minutes are then void',
    },
    {
      path: visaKeyPath(directory),
      read: () => readVisaKeys(directory),
      remedy: 'delete it: visas of the last day are then void',
    },
    {
      path: administratorsPath(directory),
      read: () => listAdministrators(directory),
      remedy: 'put it back from a backup, or delete it and add the administrators again (fyr-node admin add)',
    },
    // What SQLite finds in it is looked at with the other databases.
    { path: witnessPath(directory), read: () => undefined, remedy: '' },
  ]
  return [...keys.flatMap(checkKey), ...checkAuditKeyIsThere(directory)]
}

/** Of what an error says nothing is told: it can hold a piece of the key. */
function checkKey({ path, read, remedy }: OwnKey): readonly Finding[] {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return []
  const findings: Finding[] = []
  if ((stats.mode & OF_ALL_BUT_ITS_OWNER) !== 0) {
    findings.push(problem(path, 'it is open to others than its owner', `chmod 600 ${path}`))
  }
  try {
    read()
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException
    findings.push(
      syscall === undefined
        ? problem(path, 'it is damaged', remedy)
        : problem(path, `it cannot be read (${code})`, 'run this as the user of the node'),
    )
  }
  return findings
}

/** The key is made before the first entry. */
function checkAuditKeyIsThere(directory: string): readonly Finding[] {
  const path = auditKeyPath(directory)
  if (statSync(path, { throwIfNoEntry: false }) || listChains(auditDirectory(directory)).length === 0) return []
  return [
    problem(
      path,
      'it is gone, and there is a log',
      'put it back from a backup: with another key the log is another one',
    ),
  ]
}
