import { InvalidArgumentError, Option, type Command } from 'commander'
import { AuditError } from '../audit/audit-error.js'
import { COSIGNATURE, openVerifierKey, toVerifierKey, type NodeConfig } from '../../schemas/index.js'
import { openChangeLog } from '../audit/change-log.js'
import { openAuditKeys, readAuditKeys } from '../audit/audit-key.js'
import { originOf } from '../audit/checkpoint.js'
import { readEntries, type Period } from '../audit/read-entries.js'
import { listSpotChecks, toCheckTable } from '../audit/spot-checks.js'
import { reportSubject, toReportText } from '../audit/subject-report.js'
import { CSV_HEADER, toCsvLine } from '../audit/to-csv.js'
import { toFhir } from '../audit/to-fhir.js'
import { verifyWitnessed, type WitnessedVerdict, type WitnessVerdict } from '../audit/verify-witnesses.js'
import type { WitnessAddress, WitnessClient } from '../audit/witness-client.js'
import { readNodeConfig, witnessSettings } from '../config.js'
import { datasetsOfPerson } from '../datasets-of-person.js'
import { openIndividuals } from '../metadata/individuals.js'

const EXPORT_FORMATS = ['ndjson', 'csv', 'fhir'] as const
type ExportFormat = (typeof EXPORT_FORMATS)[number]

const PSEUDONYM = /^P-[0-9A-Z]{12}$/
/** Of checks, when nothing is said: they recur. */
const DEFAULT_CHECKED_MS = 30 * 24 * 60 * 60_000
const DEFAULT_SAMPLE = 3

interface JsonOption {
  readonly json?: boolean
}

interface VerifyCommandOptions extends JsonOption {
  readonly key?: string
  readonly witnesses?: boolean
  readonly witnessKey: readonly string[]
}

interface ChecksOptions extends Period, JsonOption {
  readonly seed?: string
  readonly sample: number
  readonly timeZone: string
  readonly done?: string
  readonly by?: string
  readonly note?: string
}

function parseTime(text: string): string {
  const time = new Date(text)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('A time is a date as 2025-10-01, or 2025-10-01T08:00:00Z.')
  }
  return time.toISOString()
}

function parseSample(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('A sample is a number of entries.')
  return Number(text)
}

function parseTimeZone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return text
  } catch {
    throw new InvalidArgumentError('A time zone is one as Europe/Stockholm.')
  }
}

/** Adds --since and --until. */
function withPeriod(command: Command): Command {
  return command
    .option('--since <time>', 'from this date or time (UTC) on', parseTime)
    .option('--until <time>', 'before this date or time (UTC)', parseTime)
}

function toPeriod({ since, until }: Period): Period {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
}

/** `fyr-node audit …` */
export function addAuditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('check and read the log of who asked for what; also while the node serves')
  audit
    .command('verify')
    .description(
      'check every entry, the tree over all of them, every checkpoint, and what witnesses cosigned; exit code 1: something was changed',
    )
    .argument('<dir>')
    .option('--key <key>', 'the key that signs checkpoints, as it was kept elsewhere (default: the node’s own)')
    .option('--witnesses', 'ask the witnesses of node.yaml what they cosigned last, and compare the log with that')
    .option('--witness-key <key>', 'the key of a witness, as it was kept elsewhere; repeat it for each', collect, [])
    .option('--json', 'print JSON')
    .action(async (dir: string, { key, json, witnesses: asks, witnessKey }: VerifyCommandOptions, command: Command) => {
      const config = readNodeConfig(dir)
      const { id } = config
      const given = key === undefined ? undefined : openVerifierKey(key)
      if (key !== undefined && given?.name !== originOf(id)) command.error(`error: --key is no key of ${originOf(id)}`)
      const publicKey = given?.publicKey ?? readAuditKeys(dir).publicKey
      const witnesses = witnessSettings(config)
      const stranger = witnessKey.length > 0 ? witnesses.find((witness) => !hasKey(witness, witnessKey)) : undefined
      if (stranger) throw new AuditError(`the key of ${stranger.name} in node.yaml is none of those that were given`)
      if (asks && witnesses.length === 0) throw new AuditError('audit.witnesses of node.yaml names no witnesses')
      const client = asks ? await openClient(config) : undefined
      const verdict = await verifyWitnessed(dir, { nodeId: id, publicKey, witnesses, ...(client ? { client } : {}) })
      await client?.close()
      const verifierKey = toVerifierKey({ name: originOf(id), publicKey })
      process.stdout.write(
        json ? `${JSON.stringify({ ...verdict, key: verifierKey }, null, 2)}\n` : toVerdictText(verdict, verifierKey),
      )
      const { fault } = verdict
      if (fault) throw new AuditError(`audit/${fault.file}, line ${fault.line}: ${fault.problem}`)
      const problems = verdict.witnesses.flatMap(({ name, problem }) =>
        problem === undefined ? [] : [`${name}: ${problem}`],
      )
      if (problems.length > 0) throw new AuditError(`a witness does not confirm the log: ${problems.join('; ')}`)
    })
  audit
    .command('key')
    .description('print the key that signs checkpoints, for those who witness the log; made where there is none')
    .argument('<dir>')
    .action((dir: string) => {
      const { id } = readNodeConfig(dir)
      const { publicKey } = openAuditKeys(dir, () => new Date())
      process.stdout.write(`${toVerifierKey({ name: originOf(id), publicKey })}\n`)
    })
  withPeriod(audit.command('export'))
    .description('write the entries of a period to standard output')
    .argument('<dir>')
    .addOption(
      new Option('--format <format>', 'fhir: AuditEvents of FHIR R4 by IHE BALP, one a line')
        .choices(EXPORT_FORMATS)
        .default('ndjson'),
    )
    .action(async (dir: string, { format, ...period }: Period & { format: ExportFormat }) => {
      const { id } = readNodeConfig(dir)
      if (format === 'csv') process.stdout.write(CSV_HEADER)
      for await (const placed of readEntries(dir, toPeriod(period))) {
        if (format === 'csv') await print(toCsvLine(placed))
        else if (format === 'fhir') for (const event of toFhir(placed, id)) await print(`${JSON.stringify(event)}\n`)
        else await print(`${JSON.stringify({ chain: placed.chain, ...placed.entry })}\n`)
      }
    })
  withPeriod(audit.command('subject'))
    .description(
      'report to a person who saw their data, when, why and from which unit; this must not leave the node otherwise',
    )
    .argument('<dir>')
    .argument('<individual>', 'the laboratory’s name, or the pseudonym')
    .option('--json', 'print JSON')
    .action(async (dir: string, who: string, { json, ...period }: Period & JsonOption) => {
      readNodeConfig(dir)
      const { subject, datasets } = findSubject(dir, who)
      const report = await reportSubject(dir, subject, datasets, toPeriod(period))
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : toReportText(report))
    })
  addChecksCommand(audit)
}

function addChecksCommand(audit: Command): void {
  withPeriod(audit.command('checks'))
    .description(
      'list what to check of a period (default: 30 days): a random sample of each user and week, and what stands out',
    )
    .argument('<dir>')
    .option('--sample <number>', 'entries of each user and week', parseSample, DEFAULT_SAMPLE)
    .option('--seed <text>', 'of the random sample (default: the node’s id)')
    .option('--time-zone <zone>', 'in which night is from 22 to 6', parseTimeZone, 'Europe/Stockholm')
    .option('--done <id>', 'this check was made; needs --by and --note')
    .option('--by <who>', 'who made it')
    .option('--note <text>', 'what it showed')
    .option('--json', 'print JSON')
    .action(async (dir: string, options: ChecksOptions, command: Command) => {
      const { done, by, note, json, sample, timeZone } = options
      if (done !== undefined && (by === undefined || note === undefined)) {
        command.error('error: --done needs --by and --note')
      }
      const { id } = readNodeConfig(dir)
      const { since = new Date(Date.now() - DEFAULT_CHECKED_MS).toISOString(), ...until } = toPeriod(options)
      const list = () => listSpotChecks(dir, { since, ...until, seed: options.seed ?? id, sample, timeZone })
      let checks = await list()
      if (done !== undefined && by !== undefined) {
        const check = checks.find((one) => one.id === done)
        if (!check) throw new AuditError(`there is no check ${done} in this period`)
        const { kind, week, entries } = check
        await openChangeLog(dir, { by })('check.done', { check: done, kind, week, entries, note })
        checks = await list()
      }
      process.stdout.write(json ? `${JSON.stringify(checks, null, 2)}\n` : toCheckTable(checks))
    })
}

/** A person who was removed is nobody's name any more, and still stands in the log. */
function findSubject(dir: string, who: string): { readonly subject: string; readonly datasets: readonly string[] } {
  const register = openIndividuals(dir)
  try {
    const person = register.findByPseudonym(who) ?? register.findByName(who)
    if (person) return { subject: person.pseudonym, datasets: datasetsOfPerson(dir, person.number) }
    if (PSEUDONYM.test(who)) return { subject: who, datasets: [] }
    // The name may be a personal one, and errors are logged.
    throw new AuditError('there is no individual with that name or pseudonym')
  } finally {
    register.close()
  }
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** Loaded where it is needed alone. */
async function openClient({ audit }: NodeConfig): Promise<WitnessClient> {
  const { createWitnessClient } = await import('../audit/witness-client.js')
  return createWitnessClient({ allowPrivate: audit?.allowPrivate ?? false })
}

function hasKey({ key }: WitnessAddress, keys: readonly string[]): boolean {
  return keys.includes(toVerifierKey(key, COSIGNATURE))
}

function toWitnessText({ name, cosigned, seen }: WitnessVerdict): string {
  const last = cosigned
    ? `cosigned checkpoint ${cosigned.checkpoint} of ${cosigned.entries} entries at ${cosigned.ts}`
    : 'has cosigned nothing that is here'
  return `witness ${name}: ${last}${seen ? `; says ${seen.entries} entries at ${seen.ts}, which are in the log` : ''}`
}

function toVerdictText(
  { chains, entries, covered, checkpoints, lastCheckpoint, fault, witnesses }: WitnessedVerdict,
  key: string,
): string {
  const lines = [
    ...chains.map(({ chain, entries: count }) => `${chain}: ${count} entries`),
    `${checkpoints} checkpoints cover ${covered} entries${lastCheckpoint === undefined ? '' : `, the last of ${lastCheckpoint}`}`,
    `${entries - covered} entries are younger`,
    ...witnesses.map(toWitnessText),
    `key: ${key}`,
  ]
  return fault || witnesses.some(({ problem }) => problem !== undefined)
    ? ''
    : `${lines.join('\n')}\nall is as it was written\n`
}

/** As fast as the reader takes it. */
async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return
  await new Promise<void>((resolve) => process.stdout.once('drain', () => resolve()))
}
