import { existsSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { RegisterError } from '../access/register/register-error.js'
import { LEGAL_BASES } from '../access/register/register-types.js'
import { AUDIENCES } from '../access/rules.js'
import { toActor } from './by-option.js'
import { collect, given, print, printWarnings, readObject, readText, withAccess } from './with-access.js'

interface DecisionOptions {
  readonly by?: readonly string[]
  readonly outcome?: string
  readonly diaryNumber?: string
  readonly responsibleBody?: string
  readonly ethicsTo?: string
  readonly legalBasis?: string
  readonly secrecyReview?: string
  readonly reservation?: readonly string[]
  readonly biobankAgreement?: string
  readonly waivesConsent?: boolean
  readonly audience?: string
  readonly deliverTo?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly reason?: readonly string[]
  readonly appeal?: string
  readonly file?: string
  readonly as?: string
  readonly json?: boolean
}

/** @throws RegisterError invalid, not_found */
function parseDelivery(text: string): object {
  const [, kind, value] = /^(client|crypt4gh):(.+)$/s.exec(text) ?? []
  if (kind === 'client') return { kind, client: value }
  if (kind === 'crypt4gh') return { kind, publicKey: existsSync(value!) ? readText(value!) : value }
  throw new RegisterError('invalid', '--deliver-to is client:NAME, or crypt4gh: with a public key or its file')
}

function parseAudience(text: string): object {
  const [kind, network] = text.split(/:(.*)/s)
  return network === undefined ? { kind } : { kind, network }
}

function toInput(options: DecisionOptions): object {
  const { by, outcome, diaryNumber, responsibleBody, ethicsTo, legalBasis, secrecyReview, reservation } = options
  const { biobankAgreement, waivesConsent, audience, deliverTo, from, to, reason, appeal, file } = options
  return {
    ...(file === undefined ? {} : readObject(file)),
    ...given({
      by,
      outcome,
      diaryNumber,
      responsibleBody,
      ethics: ethicsTo === undefined ? undefined : { to: ethicsTo },
      legalBasis,
      secrecyReview,
      reservations: reservation,
      biobankAgreement,
      waivesConsent,
      audience: audience === undefined ? undefined : parseAudience(audience),
      deliverTo: deliverTo?.map(parseDelivery),
      from,
      to,
      reasons: reason,
      appeal,
    }),
  }
}

/** `fyr-node decision …` */
export function addDecisionCommands(program: Command): void {
  const decision = program.command('decision').description('decide on applications, by two people')
  decision
    .command('add')
    .description('put a decision down; an approval gives the project its grants')
    .argument('<dir>')
    .argument('<application>', 'e.g. A-1')
    .option('--by <name>', 'who decides: two different people, so give it twice', collect)
    .addOption(new Option('--outcome <outcome>').choices(['approve', 'reject']))
    .option('--diary-number <number>')
    .option('--responsible-body <name>', 'the research body that is responsible')
    .option('--ethics-to <date>', 'last day of the ethics approval, which is that of the project')
    .addOption(new Option('--legal-basis <basis>').choices(LEGAL_BASES))
    .option('--secrecy-review <text>', 'what the secrecy review found')
    .option('--reservation <text>', 'under which data are given out; can be repeated', collect)
    .option('--biobank-agreement <number>')
    .option('--waives-consent', 'the ethics approval is without consent')
    .option('--audience <audience>', `${AUDIENCES.join(', ')}; a network by name: network:NAME`)
    .option(
      '--deliver-to <place>',
      'where files may go: client:NAME, or crypt4gh:KEY or its file; can be repeated',
      collect,
    )
    .option('--from <date>', 'first day (default: now)')
    .option('--to <date>', 'last day (default: that of the project and its ethics approval)')
    .option('--reason <text>', 'why it is rejected; can be repeated', collect)
    .option('--appeal <text>', 'how to appeal against a rejection')
    .option('--file <file>', 'the decision, or the rest of it, as JSON or YAML (docs/grants.md)')
    .option('--as <name>', 'who puts it down (default: the user of the operating system)')
    .option('--json', 'print JSON')
    .action(async (dir: string, application: string, options: DecisionOptions) => {
      const input = toInput(options)
      const made = await withAccess(dir, (access) => access.addDecision(application, input, toActor(options.as)))
      const { id, outcome, by } = made.decision
      const given = made.grants.length > 0 ? `, gives ${made.grants.join(', ')}` : ''
      const verb = outcome === 'approve' ? 'approves' : 'rejects'
      print(options.json, made, `${id} of ${by.join(' and ')} ${verb} ${application}${given}\n`)
      printWarnings(made)
    })
}
