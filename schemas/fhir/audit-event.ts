import { closed, dateTime, objectSchema, text } from '../json-schema.js'

/** FHIR R4. */
export interface Coding {
  readonly system: string
  readonly code: string
}

export interface AuditEventAgent {
  readonly type: { readonly coding: readonly Coding[] }
  readonly who: { readonly identifier: { readonly system?: string; readonly value: string } }
  readonly requestor: boolean
  readonly policy?: readonly string[]
  readonly purposeOfUse?: readonly { readonly coding: readonly Coding[] }[]
}

export interface AuditEventEntity {
  readonly what?: { readonly identifier: { readonly system?: string; readonly value: string } }
  readonly type: Coding
  readonly role?: Coding
  /** Base64. */
  readonly query?: string
  readonly detail?: readonly { readonly type: string; readonly valueString: string }[]
}

/** The elements of a FHIR R4 AuditEvent that a node's export uses, by IHE BALP 1.1. */
export interface FhirAuditEvent {
  readonly resourceType: 'AuditEvent'
  readonly id: string
  readonly meta?: { readonly profile: readonly string[] }
  readonly type: Coding
  readonly subtype: readonly Coding[]
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E'
  readonly recorded: string
  /** 0 success, 4 minor failure, 8 serious failure. */
  readonly outcome: '0' | '4' | '8'
  readonly agent: readonly AuditEventAgent[]
  readonly source: { readonly observer: { readonly identifier: { readonly value: string } } }
  readonly entity: readonly AuditEventEntity[]
}

const uri = { type: 'string', pattern: '^(https?://|urn:)' } as const
const coding = { type: 'object', required: ['system', 'code'], properties: { system: uri, code: text }, ...closed }
const concept = {
  type: 'object',
  required: ['coding'],
  properties: { coding: { type: 'array', minItems: 1, items: coding } },
  ...closed,
}
const identified = {
  type: 'object',
  required: ['identifier'],
  properties: {
    identifier: { type: 'object', required: ['value'], properties: { system: text, value: text }, ...closed },
  },
  ...closed,
}
const agent = {
  type: 'object',
  required: ['type', 'who', 'requestor'],
  properties: {
    type: concept,
    who: identified,
    requestor: { type: 'boolean' },
    policy: { type: 'array', minItems: 1, items: text },
    purposeOfUse: { type: 'array', minItems: 1, items: concept },
  },
  ...closed,
}
const detail = {
  type: 'object',
  required: ['type', 'valueString'],
  properties: { type: text, valueString: text },
  ...closed,
}
const entity = {
  type: 'object',
  required: ['type'],
  properties: {
    what: identified,
    type: coding,
    role: coding,
    query: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' },
    detail: { type: 'array', minItems: 1, items: detail },
  },
  ...closed,
}

export const fhirAuditEventSchema = objectSchema(
  'FHIR R4 AuditEvent of a node',
  ['resourceType', 'id', 'type', 'subtype', 'action', 'recorded', 'outcome', 'agent', 'source', 'entity'],
  {
    resourceType: { const: 'AuditEvent' },
    // FHIR R4, 2.24.0.1: type id.
    id: { type: 'string', pattern: '^[A-Za-z0-9.-]{1,64}$' },
    meta: {
      type: 'object',
      required: ['profile'],
      properties: { profile: { type: 'array', minItems: 1, items: uri } },
      ...closed,
    },
    type: coding,
    subtype: { type: 'array', minItems: 1, items: coding },
    action: { enum: ['C', 'R', 'U', 'D', 'E'] },
    recorded: dateTime,
    outcome: { enum: ['0', '4', '8'] },
    agent: { type: 'array', minItems: 1, items: agent },
    source: { type: 'object', required: ['observer'], properties: { observer: identified }, ...closed },
    entity: { type: 'array', items: entity },
  },
  closed,
)
