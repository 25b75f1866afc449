import { KARYOTYPIC_SEXES } from '../../../../schemas/index.js'
import type { Sex } from '../../../metadata/individuals.js'
import { isObject, type JsonObject } from '../source-record.js'
import { readMessage, toPart, toTerm, toText, type Conversion, type MessageShape } from './conversion.js'
import { toTimeElement } from './time-element.js'

const INDIVIDUAL: MessageShape = {
  name: 'Individual',
  used: ['id', 'sex', 'karyotypicSex', 'gender', 'timeAtLastEncounter', 'vitalStatus', 'dateOfBirth', 'taxonomy'],
  // Other names of a person must not leave the node, and nobody asks by them.
  unused: ['alternateIds'],
}
const VITAL_STATUS: MessageShape = {
  name: 'VitalStatus',
  used: ['status', 'timeOfDeath', 'causeOfDeath', 'survivalTimeInDays'],
}
const VITAL_STATES = ['UNKNOWN_STATUS', 'ALIVE', 'DECEASED']
const HUMAN = 'NCBITaxon:9606'

/** Terms that Beacon v2 names for `sex`; of OTHER_SEX the term that Phenopackets names. */
export const SEX_TERMS = {
  UNKNOWN_SEX: { id: 'NCIT:C17998', label: 'Unknown' },
  FEMALE: { id: 'NCIT:C16576', label: 'Female' },
  MALE: { id: 'NCIT:C20197', label: 'Male' },
  OTHER_SEX: { id: 'NCIT:C45908', label: 'Intersex' },
} as const

export type PacketSex = keyof typeof SEX_TERMS

const SEX_NAMES = Object.keys(SEX_TERMS) as readonly PacketSex[]

export function isPacketSex(value: unknown): value is PacketSex {
  return SEX_NAMES.includes(value as PacketSex)
}

export function toSex(value: PacketSex): Sex {
  return value === 'MALE' ? 'male' : value === 'FEMALE' ? 'female' : 'unknown'
}

export interface Subject {
  readonly id: string
  readonly sex: PacketSex
  /** The individual's fields that the subject gives. */
  readonly fields: JsonObject
}

/** The date of birth of a packet's subject, before anything else of it is read. */
export function dateOfBirthOf(subject: unknown): string | undefined {
  const date = isObject(subject) ? subject['dateOfBirth'] : undefined
  return typeof date === 'string' && date !== '' ? date : undefined
}

/** @returns undefined when the subject has no id, which is told as a problem */
export function readSubject(conversion: Conversion, value: unknown, pointer: string): Subject | undefined {
  const subject = readMessage(conversion, value, pointer, INDIVIDUAL)
  const id = subject?.['id']
  if (!subject || typeof id !== 'string' || id === '') {
    const field = subject ? `${pointer}/id` : pointer
    conversion.problems.push({ field, reason: 'the packet needs a subject with an id (a text)' })
    return undefined
  }
  const refuse = (key: string, reason: string) => conversion.problems.push({ field: `${pointer}/${key}`, reason })
  const { sex = 'UNKNOWN_SEX', karyotypicSex, taxonomy, dateOfBirth } = subject
  if (!isPacketSex(sex)) refuse('sex', `must be one of ${SEX_NAMES.join(', ')}`)
  if (karyotypicSex !== undefined && !KARYOTYPIC_SEXES.some((known) => known === karyotypicSex)) {
    refuse('karyotypicSex', `must be one of ${KARYOTYPIC_SEXES.join(', ')}`)
  }
  if (isObject(taxonomy) && taxonomy['id'] !== HUMAN) refuse('taxonomy', `only people are kept here (${HUMAN})`)
  if (dateOfBirth !== undefined) {
    if (typeof dateOfBirth !== 'string' || Number.isNaN(Date.parse(dateOfBirth))) {
      refuse('dateOfBirth', 'is no date; write e.g. 1980-05-01T00:00:00Z')
    } else conversion.notes.add('left out: the date of birth, after moments were turned into ages by it')
  }
  const lastSeen = toTimeElement(conversion, subject['timeAtLastEncounter'], `${pointer}/timeAtLastEncounter`)
  const info = toPart(conversion, pointer, {
    age: isObject(lastSeen) && 'iso8601duration' in lastSeen ? lastSeen : undefined,
    timeAtLastEncounter: lastSeen,
    vitalStatus: toVitalStatus(conversion, subject['vitalStatus'], `${pointer}/vitalStatus`),
    gender: toTerm(conversion, subject['gender'], `${pointer}/gender`),
  })
  return {
    id,
    sex: isPacketSex(sex) ? sex : 'UNKNOWN_SEX',
    fields: {
      id,
      sex: SEX_TERMS[isPacketSex(sex) ? sex : 'UNKNOWN_SEX'],
      karyotypicSex: toText(karyotypicSex),
      info: Object.keys(info).length > 0 ? info : undefined,
    },
  }
}

function toVitalStatus(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const vital = readMessage(conversion, value, pointer, VITAL_STATUS)
  if (!vital) return undefined
  const { status = 'UNKNOWN_STATUS', survivalTimeInDays } = vital
  if (!VITAL_STATES.includes(status as string)) {
    conversion.problems.push({ field: `${pointer}/status`, reason: `must be one of ${VITAL_STATES.join(', ')}` })
  }
  return toPart(conversion, pointer, {
    status,
    timeOfDeath: toTimeElement(conversion, vital['timeOfDeath'], `${pointer}/timeOfDeath`),
    causeOfDeath: toTerm(conversion, vital['causeOfDeath'], `${pointer}/causeOfDeath`),
    survivalTimeInDays,
  })
}
