import { parsePublicKey } from '../../formats/crypt4gh/key-files.js'
import { GRANT_LEVELS, type Delivery, type GrantLevel } from '../rules.js'
import { toWants } from './applications.js'
import { liesWithin } from './granted-regions.js'
import type { ApprovalInput } from './input-schemas.js'
import { toMoment } from './parse-input.js'
import { RegisterError } from './register-error.js'
import type { Application, Approval, Member, Period, Project, Want } from './register-types.js'

const FEWEST_DECIDERS = 2

/** Two people decide, neither of them for themselves. @throws RegisterError invalid */
export function checkDeciders(by: readonly string[], members: readonly Member[]): void {
  // The same name with a blank, a capital or an accent in another encoding is not another person.
  const fold = (name: string) => name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase()
  const names = new Set(by.map(fold))
  if (names.size !== by.length || names.size < FEWEST_DECIDERS) {
    throw new RegisterError('invalid', 'a decision is made by two different people: name each of them')
  }
  const bare = new Set([...names].map((name) => name.replace(/^admin:/, '')))
  const own = members.find(({ iss, sub }) => bare.has(fold(sub)) || bare.has(fold(`${iss}|${sub}`)))
  if (own) throw new RegisterError('invalid', 'a member of the project may not decide on its application')
}

function rank(level: GrantLevel): number {
  return GRANT_LEVELS.indexOf(level)
}

/** A grant is never more than what was applied for. @throws RegisterError invalid */
function checkWithin(wants: readonly Want[], applied: readonly Want[]): void {
  for (const want of wants) {
    const asked = applied.some(
      ({ tag, dataset, level, regions }) =>
        tag === want.tag &&
        dataset === want.dataset &&
        rank(want.level) <= rank(level) &&
        liesWithin(want.regions, regions),
    )
    if (!asked)
      throw new RegisterError('invalid', `more of ${want.tag ?? want.dataset} is granted than was applied for`)
  }
}

function toDelivery(delivery: Delivery): Delivery {
  if (delivery.kind === 'client') return delivery
  try {
    return { kind: 'crypt4gh', publicKey: parsePublicKey(delivery.publicKey).toString('base64') }
  } catch (error) {
    if ((error as Error).name !== 'FormatError') throw error
    throw new RegisterError('invalid', `deliverTo: ${(error as Error).message}`)
  }
}

function toLevel({ level }: Want, { legalBasis }: ApprovalInput): GrantLevel {
  return legalBasis === 'antalsberakning' && rank(level) > rank('count') ? 'count' : level
}

type Ethics = NonNullable<Approval['ethics']>

/** @throws RegisterError invalid: it is missing, or not that of the project */
function toEthics({ legalBasis, ethics, waivesConsent }: ApprovalInput, project: Project): Ethics | undefined {
  if (!ethics) {
    if (legalBasis === 'research') throw invalid('research needs an ethics approval')
    if (waivesConsent === true) throw invalid('only an ethics approval can do without consent')
    return undefined
  }
  const number = ethics.number ?? project.ethicsNumber
  if (number === undefined) throw invalid('the ethics approval has no number')
  if (project.ethicsNumber !== undefined && number !== project.ethicsNumber) {
    throw invalid(`the ethics approval of the project is ${project.ethicsNumber}`)
  }
  const { from, to, ...rest } = ethics
  return {
    ...rest,
    number,
    ...(from === undefined ? {} : { from: toMoment('decision: ethics.from', from, 'from') }),
    to: toMoment('decision: ethics.to', to, 'to'),
  }
}

/** @throws RegisterError invalid: it lasts longer than the project and its ethics approval */
function toValidity(input: ApprovalInput, project: Project, ethics: Ethics | undefined, at: string): Period {
  const from = toMoment('decision: from', input.from ?? at, 'from')
  const last = ethics && ethics.to < project.to ? ethics.to : project.to
  const to = input.to === undefined ? last : toMoment('decision: to', input.to, 'to')
  if (to > last) throw invalid(`it lasts longer than the project and its ethics approval, which end ${last}`)
  if (from >= to) throw invalid('it ends before it begins')
  if (ethics?.from !== undefined && ethics.from > from) throw invalid('it begins before the ethics approval')
  return { from, to }
}

/** Everything that an approval must state, on its legal basis. @throws RegisterError invalid */
export function toApproval(input: ApprovalInput, application: Application, project: Project, at: string): Approval {
  const { ethics: _, wants: asked, deliverTo, ehdsPermitAt, ...rest } = input
  const { legalBasis, antalsberakning, purposes = project.purposes } = input
  const wants = (asked ? toWants(asked) : application.wants).map((want) => ({ ...want, level: toLevel(want, input) }))
  checkWithin(wants, application.wants)
  if ((legalBasis === 'antalsberakning') !== (antalsberakning !== undefined)) {
    throw invalid('antalsberakning, and it alone, states the requesting researcher, the planned study and the criteria')
  }
  if ((legalBasis === 'ehds') !== (ehdsPermitAt !== undefined)) {
    throw invalid('a permit of the European Health Data Space, and it alone, has a date: ehdsPermitAt')
  }
  if (!purposes.every((purpose) => project.purposes.includes(purpose))) {
    throw invalid(`the project is for ${project.purposes.join(', ')}`)
  }
  if (wants.some(({ level }) => level === 'file') && !deliverTo) {
    throw invalid('a grant of files says where they may go: deliverTo')
  }
  const ethics = toEthics(input, project)
  return {
    ...rest,
    ...(ethics ? { ethics } : {}),
    ...(ehdsPermitAt === undefined ? {} : { ehdsPermitAt: toMoment('decision: ehdsPermitAt', ehdsPermitAt, 'from') }),
    ...(deliverTo ? { deliverTo: deliverTo.map(toDelivery) } : {}),
    wants,
    purposes,
    ...toValidity(input, project, ethics, at),
  }
}

function invalid(reason: string): RegisterError {
  return new RegisterError('invalid', `decision: ${reason}`)
}
