import type { Caller, Purpose } from '../access/caller.js'
import { ANONYMOUS, type Person } from '../access/person.js'
import type { Region, Selection } from '../formats/slice.js'
import type { HtsgetFormat } from '../../schemas/index.js'
import type { Capability, TicketPart } from './capability.js'

/** Payloads of other versions are not read: nothing of them may be taken for something else. */
export const PAYLOAD_VERSION = 3

/** A person, as far as what they may have depends on it and the audit names it. */
interface Holder {
  /** Issuer and id. */
  readonly is: readonly [string, string]
  /** The same person at other issuers. */
  readonly or?: readonly (readonly [string, string])[]
  readonly jti?: string
  readonly act?: string
  readonly cl?: string
  readonly acr?: string
  readonly unit?: string
  readonly prov?: string
  /** Home organisations, each until seconds since 1970. */
  readonly org?: readonly (readonly [string, number])[]
  /** Seconds since 1970, of the Passport. */
  readonly exp: number
}

/** On the wire, short: it is sent with every request for data. */
export interface Payload {
  readonly v: number
  /** Id of the node. */
  readonly aud: string
  /** Seconds since 1970. */
  readonly exp: number
  readonly id: string
  readonly fmt: HtsgetFormat
  readonly part: TicketPart
  /** By contig: in turn bases from the last region's end to the start, and bases of the region, 0 to the contig's end. Absent: everything. */
  readonly reg?: readonly (readonly [string, ...number[]])[]
  readonly un?: true
  /** What another URL of the ticket gives: the records of a contig that begin before a place. */
  readonly giv?: readonly [string, number]
  readonly fields?: readonly string[]
  readonly tags?: readonly string[]
  readonly notags?: readonly string[]
  /** Public key, base64url. */
  readonly key?: string
  readonly st: string
  /** Absent: somebody unknown. */
  readonly who?: Holder
  readonly pur?: Purpose
  readonly prj?: string
  readonly hub?: string
  /** Ids of grants. */
  readonly gr?: readonly string[]
  readonly rid: string
}

export function toPayload(capability: Capability, nodeId: string, expires: number): Payload {
  const { fileId, format, part, selection, fields, tags, notags, reader, state, caller, grants, requestId } = capability
  const { principal, purpose, project, hub } = caller
  return {
    v: PAYLOAD_VERSION,
    aud: nodeId,
    exp: expires,
    id: fileId,
    fmt: format,
    part,
    ...(selection.kind === 'some' ? { reg: toStretches(selection.regions) } : {}),
    ...(selection.kind === 'some' && selection.unplaced ? { un: true as const } : {}),
    ...(selection.kind === 'some' && selection.given ? { giv: [selection.given.contig, selection.given.before] } : {}),
    ...(fields ? { fields: [...fields] } : {}),
    ...(tags ? { tags: [...tags] } : {}),
    ...(notags ? { notags: [...notags] } : {}),
    ...(reader ? { key: reader.toString('base64url') } : {}),
    st: state,
    ...(principal.kind === 'person' ? { who: toHolder(principal) } : {}),
    ...(purpose === undefined ? {} : { pur: purpose }),
    ...(project === undefined ? {} : { prj: project }),
    ...(hub === undefined ? {} : { hub }),
    ...(grants.length > 0 ? { gr: grants } : {}),
    rid: requestId,
  }
}

export function fromPayload(payload: Payload): Capability {
  const { id, fmt, part, fields, tags, notags, key, st, gr = [], rid } = payload
  return {
    fileId: id,
    format: fmt,
    part,
    selection: toSelection(payload),
    ...(fields ? { fields: new Set(fields) } : {}),
    ...(tags ? { tags: new Set(tags) } : {}),
    ...(notags ? { notags: new Set(notags) } : {}),
    ...(key === undefined ? {} : { reader: Buffer.from(key, 'base64url') }),
    state: st,
    caller: toCaller(payload),
    grants: gr,
    requestId: rid,
  }
}

function toSelection({ reg, un, giv }: Payload): Selection {
  if (!reg) return { kind: 'all' }
  const given = giv && { contig: giv[0], before: giv[1] }
  return { kind: 'some', regions: toRegions(reg), unplaced: un === true, ...(given ? { given } : {}) }
}

type Stretches = NonNullable<Payload['reg']>

/** Short numbers, so that a ticket can hold many regions. */
function toStretches(regions: readonly Region[]): Stretches {
  const byContig = new Map<string, { readonly entry: [string, ...number[]]; at: number }>()
  for (const { contig, start, end } of regions) {
    const known = byContig.get(contig) ?? { entry: [contig], at: 0 }
    known.entry.push(start - known.at, end === Infinity ? 0 : end - start)
    byContig.set(contig, { ...known, at: end === Infinity ? start : end })
  }
  return [...byContig.values()].map(({ entry }) => entry)
}

function toRegions(stretches: Stretches): readonly Region[] {
  return stretches.flatMap(([contig, ...numbers]) => {
    let at = 0
    return Array.from({ length: numbers.length / 2 }, (_, index): Region => {
      const start = at + numbers[2 * index]!
      const length = numbers[2 * index + 1]!
      at = start + length
      return { contig, start, end: length === 0 ? Infinity : at }
    })
  })
}

function toHolder(person: Person): Holder {
  const { subject, subjects, passportId, actor, client, acr, unit, provider, affiliations, expires } = person
  const others = subjects.filter(({ issuer, id }) => issuer !== subject.issuer || id !== subject.id)
  return {
    is: [subject.issuer, subject.id],
    ...(others.length > 0 ? { or: others.map(({ issuer, id }) => [issuer, id] as const) } : {}),
    ...(passportId === undefined ? {} : { jti: passportId }),
    ...(actor === undefined ? {} : { act: actor }),
    ...(client === undefined ? {} : { cl: client }),
    ...(acr === undefined ? {} : { acr }),
    ...(unit === undefined ? {} : { unit }),
    ...(provider === undefined ? {} : { prov: provider }),
    ...(affiliations
      ? { org: affiliations.map(({ organisation, expires: until }) => [organisation, until] as const) }
      : {}),
    exp: expires,
  }
}

/** Files are had by grants alone, so that of visas nothing is kept but the home organisations, on which a grant may depend. */
function toPerson({ is, or = [], jti, act, cl, acr, unit, prov, org, exp }: Holder): Person {
  const [subject, ...others] = [is, ...or].map(([issuer, id]) => ({ issuer, id }))
  return {
    kind: 'person',
    subject: subject!,
    subjects: [subject!, ...others],
    visas: [],
    ...(org ? { affiliations: org.map(([organisation, expires]) => ({ organisation, expires })) } : {}),
    isRegistered: false,
    ...(jti === undefined ? {} : { passportId: jti }),
    ...(act === undefined ? {} : { actor: act }),
    ...(cl === undefined ? {} : { client: cl }),
    ...(acr === undefined ? {} : { acr }),
    ...(unit === undefined ? {} : { unit }),
    ...(prov === undefined ? {} : { provider: prov }),
    expires: exp,
  }
}

function toCaller({ who, pur, prj, hub }: Payload): Caller {
  return {
    principal: who ? toPerson(who) : ANONYMOUS,
    ...(pur === undefined ? {} : { purpose: pur }),
    ...(prj === undefined ? {} : { project: prj }),
    ...(hub === undefined ? {} : { hub }),
  }
}
