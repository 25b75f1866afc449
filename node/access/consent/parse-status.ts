import { holdsPersonalNumber } from '../../ingest/metadata/personal-numbers.js'
import { ConsentError } from './consent-error.js'
import { SCOPES, STATUS_EFFECTS, STATUS_KINDS, type Status } from './status.js'

/** What somebody wrote; an empty text is one that is not given. */
export interface StatusInput {
  /** As the laboratory calls the person, or the pseudonym. */
  readonly name: string
  readonly kind: string
  readonly effect: string
  readonly scope?: string | undefined
  /** A day, or a moment with an offset. Absent: now. */
  readonly from?: string | undefined
  /** A day is included. */
  readonly to?: string | undefined
  readonly source: string
}

const LONGEST_TEXT = 200
const DAY_MS = 24 * 60 * 60_000
const DAY = /^\d{4}-\d{2}-\d{2}$/
// Without an offset a time would be that of the machine.
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/
const SCOPE = /^([a-z]+):(\S(.*\S)?)$/

/**
 * Reads what was said of a person. Messages name no person, and quote no free text.
 *
 * @param find number of the person who is called so; undefined: there is nobody
 * @throws ConsentError
 */
export function parseStatus(input: StatusInput, find: (name: string) => number | undefined, now: Date): Status {
  const kind = STATUS_KINDS.find((one) => one === input.kind)
  if (!kind) throw new ConsentError(`kind is none of ${STATUS_KINDS.join(', ')}`)
  const effect = STATUS_EFFECTS.find((one) => one === input.effect)
  if (!effect) throw new ConsentError(`effect is none of ${STATUS_EFFECTS.join(', ')}`)
  const scope = parseScope(kind, input.scope)
  const source = parseText('source', input.source)
  const from = input.from ? parseMoment('from', input.from, 0) : now.toISOString()
  const to = input.to ? parseMoment('to', input.to, DAY_MS) : undefined
  if (to !== undefined && to <= from) throw new ConsentError('it ends before it begins')
  const individual = find(input.name)
  if (individual === undefined) throw new ConsentError('there is no individual with that name or pseudonym')
  return {
    individual,
    kind,
    effect,
    ...(scope === undefined ? {} : { scope }),
    from,
    ...(to === undefined ? {} : { to }),
    source,
  }
}

function parseText(what: string, text: string): string {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > LONGEST_TEXT) {
    throw new ConsentError(`${what} is needed, of at most ${LONGEST_TEXT} characters`)
  }
  if (holdsPersonalNumber(trimmed)) throw new ConsentError(`${what} holds a personal identity number; leave it out`)
  return trimmed
}

function parseScope(kind: Status['kind'], text: string | undefined): string | undefined {
  if (!text?.trim()) return undefined
  const allowed = SCOPES[kind] ?? []
  const scope = parseText('scope', text)
  const [, type = ''] = SCOPE.exec(scope) ?? []
  if (allowed.includes(type)) return scope
  if (allowed.length === 0) throw new ConsentError(`${kind} has no scope: leave it out`)
  throw new ConsentError(`scope of ${kind} is none of ${allowed.map((one) => `${one}:…`).join(', ')}`)
}

/** @param day what is added to a day without a time */
function parseMoment(what: string, text: string, day: number): string {
  const isDay = DAY.test(text)
  const time = isDay || MOMENT.test(text) ? Date.parse(text) : NaN
  // `2026-02-31` is read as March by some.
  if (Number.isNaN(time) || (isDay && !new Date(time).toISOString().startsWith(text))) {
    throw new ConsentError(`${what} is no date: write 2026-12-31, or 2026-12-31T15:00Z`)
  }
  return new Date(isDay ? time + day : time).toISOString()
}
