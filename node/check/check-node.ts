import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError, type NodeConfig } from '../../schemas/index.js'
import { readNodeConfig } from '../config.js'
import { isPlainError } from '../plain-error.js'
import { checkAudit } from './check-audit.js'
import { checkConfig } from './check-config.js'
import { checkData } from './check-data.js'
import { checkDisk, readDiskSpace, type DiskSpace } from './check-disk.js'
import { checkKeys } from './check-keys.js'
import { checkRegister } from './check-register.js'
import { checkServedFiles } from './check-served-files.js'
import { checkTrust } from './check-trust.js'
import { problem, reasonOf, type Finding } from './finding.js'

/** What a node that serves meanwhile changes is whole again after this. */
const PATIENCE_MS = 500
/** For each whom the node asks. */
const DEADLINE_MS = 5_000

export interface CheckNodeOptions {
  /** Every page of every database is read. */
  readonly deep?: boolean
  readonly now?: () => Date
  readonly deadlineMs?: number
  readonly diskSpace?: DiskSpace
}

/** Finds what is not well with a node, also while it serves: nothing is written, and nobody is kept from anything. */
export async function checkNode(directory: string, options: CheckNodeOptions = {}): Promise<readonly Finding[]> {
  const { deep = false, now = () => new Date(), deadlineMs = DEADLINE_MS } = options
  let config: NodeConfig
  try {
    config = readNodeConfig(directory)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [problem('node.yaml', error.message, 'change it (docs/configuration.md), or make a node (fyr-node init)')]
  }
  const parts = await Promise.all([
    part('node.yaml', () => checkConfig(directory, config, now())),
    part('access.sqlite', () => checkRegister(directory, config, now())),
    settled(() => part('keys', () => checkKeys(directory))),
    settled(() => part('data', () => checkData(directory, config, deep))),
    part('files.sqlite', () => checkServedFiles(directory, config, deadlineMs)),
    settled(() => part('audit', () => checkAudit(directory, config, now()))),
    part('disk', () => checkDisk(directory, options.diskSpace ?? readDiskSpace(directory))),
    part('access', () => checkTrust(directory, config, now, deadlineMs)),
  ])
  // A damaged database is one finding, though several look into it.
  const findings = parts.flat()
  const damaged = findings.filter(({ where }) => where.endsWith('.sqlite')).map(({ where }) => where)
  return findings.filter(({ where }) => !damaged.some((path) => path !== where && path.endsWith(`/${where}`)))
}

type Work = () => readonly Finding[] | Promise<readonly Finding[]>

/** What cannot be looked at is a finding; a fault of ours is none. */
async function part(where: string, work: Work): Promise<readonly Finding[]> {
  try {
    return await work()
  } catch (error) {
    const { name, syscall } = error as NodeJS.ErrnoException
    if (name !== 'SqliteError' && syscall === undefined && !isPlainError(error)) throw error
    return [problem(where, reasonOf(error), 'see whether it is whole and the user of the node may read it')]
  }
}

/** What is found twice was not in the middle of a change. */
async function settled(look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  const first = await look()
  if (first.length === 0) return first
  await wait(PATIENCE_MS)
  return look()
}
