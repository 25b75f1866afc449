import type { AuditEventAgent, AuditEventEntity, Coding, FhirAuditEvent } from '../../schemas/index.js'
import { isChange, type AuditEntry } from './audit-record.js'
import type { PlacedEntry } from './read-entries.js'

const DICOM = 'http://dicom.nema.org/resources/ontology/DCM'
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'
const RESTFUL = 'http://hl7.org/fhir/restful-interaction'
const PROFILES = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition'
/** Inera's HSA: units and providers of Swedish care. */
const HSA_ID = 'urn:oid:1.2.752.129.2.1.4.1'

const CLIENT: Coding = { system: DICOM, code: '110153' }
const SERVER: Coding = { system: DICOM, code: '110152' }
const USER: Coding = { system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }
const PROVIDER: Coding = { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: 'PROV' }
const REST: Coding = { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' }
const AMEND: Coding = { system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'amend' }

const PERSON = toEntityType('1')
const SYSTEM_OBJECT = toEntityType('2')
const PATIENT = toRole('1')
const DOMAIN_RESOURCE = toRole('4')
const QUERY = toRole('24')
const REQUEST_ID: Coding = {
  system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
  code: 'XrequestId',
}

function toEntityType(code: string): Coding {
  return { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code }
}

function toRole(code: string): Coding {
  return { system: 'http://terminology.hl7.org/CodeSystem/object-role', code }
}

/**
 * An entry as FHIR R4 AuditEvents by IHE BALP: one for each person whose data were told, as the profile asks, or one about none.
 * What is no profile of BALP (changes of the node) names none.
 */
export function toFhir({ chain, entry }: PlacedEntry, nodeId: string): readonly FhirAuditEvent[] {
  const id = `${chain}-${entry.seq}`
  const outcome = { answered: '0', changed: '0', denied: '4', failed: '8' } as const
  const common = {
    resourceType: 'AuditEvent',
    recorded: entry.ts,
    outcome: outcome[entry.outcome],
    agent: toAgents(entry, nodeId),
    source: { observer: { identifier: { value: nodeId } } },
  } as const
  const transaction = { what: toIdentifier(entry.requestId), type: REQUEST_ID }
  if (isChange(entry)) {
    const detail = [{ type: 'change', valueString: JSON.stringify(entry.details) }]
    const subtype = [{ system: RESTFUL, code: 'update' }]
    const entity = [
      transaction,
      { type: SYSTEM_OBJECT, role: DOMAIN_RESOURCE, what: toIdentifier(entry.event), detail },
    ]
    return [{ ...common, id, type: AMEND, subtype, action: 'U', entity }]
  }
  const isRead = entry.event === 'ticket.issue' || entry.event === 'block.read'
  const { subjects = [] } = entry
  const profile = `${PROFILES}/IHE.BasicAudit.${subjects.length > 0 ? 'Patient' : ''}${isRead ? 'Read' : 'Query'}`
  const event = {
    ...common,
    meta: { profile: [profile] },
    type: REST,
    subtype: [{ system: RESTFUL, code: isRead ? 'read' : 'search' }],
    action: isRead ? ('R' as const) : ('E' as const),
  }
  const entity = [transaction, ...toDataEntities(entry, isRead)]
  if (subjects.length === 0) return [{ ...event, id, entity }]
  return subjects.map((subject, index) => ({
    ...event,
    id: `${id}-${index + 1}`,
    entity: [{ what: toIdentifier(subject), type: PERSON, role: PATIENT }, ...entity],
  }))
}

type DataEntry = Exclude<AuditEntry, { readonly details: unknown }>

function toDataEntities(entry: DataEntry, isRead: boolean): readonly AuditEventEntity[] {
  const { file, datasets, project, grants = [], granularity, question, queryHash } = entry
  const detail = [
    { type: 'granularity', valueString: granularity },
    ...datasets.map((dataset) => ({ type: 'dataset', valueString: dataset })),
    ...(project === undefined ? [] : [{ type: 'project', valueString: project }]),
    ...grants.map((grant) => ({ type: 'grant', valueString: grant })),
  ]
  const object = file === undefined ? {} : { what: toIdentifier(file) }
  const data = { ...object, type: SYSTEM_OBJECT, role: DOMAIN_RESOURCE, detail }
  if (isRead) return [data]
  // The question itself is not in the log: its kind and keyed digest are.
  const asked = queryHash === undefined ? question : `${question} hmac-sha256:${queryHash}`
  return [data, { type: SYSTEM_OBJECT, role: QUERY, query: Buffer.from(asked).toString('base64') }]
}

function toAgents(entry: AuditEntry, nodeId: string): readonly AuditEventAgent[] {
  const { principal } = entry
  const request: Partial<DataEntry> = isChange(entry) ? {} : entry
  const isKnown = principal !== 'anonymous'
  const client = { type: toConcept(CLIENT), who: toIdentifier(request.hub ?? 'unknown'), requestor: !isKnown }
  const server = { type: toConcept(SERVER), who: toIdentifier(nodeId), requestor: false }
  const [issuer, subject] = splitPrincipal(principal)
  const user = {
    type: toConcept(USER),
    who: toIdentifier(subject, issuer),
    requestor: true,
    ...(request.passport === undefined ? {} : { policy: [request.passport] }),
    ...(request.purpose === undefined
      ? {}
      : { purposeOfUse: [toConcept({ system: ACT_REASON, code: request.purpose })] }),
  }
  const units = [request.org, request.unit].flatMap((hsaId) =>
    hsaId === undefined ? [] : [{ type: toConcept(PROVIDER), who: toIdentifier(hsaId, HSA_ID), requestor: false }],
  )
  return [client, server, ...(isKnown ? [user] : []), ...units]
}

/** `iss|sub`. */
function splitPrincipal(principal: string): readonly [string | undefined, string] {
  const bar = principal.indexOf('|')
  return bar === -1 ? [undefined, principal] : [principal.slice(0, bar), principal.slice(bar + 1)]
}

function toConcept(coding: Coding): { readonly coding: readonly Coding[] } {
  return { coding: [coding] }
}

function toIdentifier(value: string, system?: string): AuditEventAgent['who'] {
  return { identifier: { ...(system === undefined ? {} : { system }), value } }
}
