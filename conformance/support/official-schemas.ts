import addFormats from 'ajv-formats'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { answerKind, isObject, recordsIn, type AnswerKind } from '../../schemas/testing/answer-kind.js'
import { mergePatch } from './merge-patch.js'
import { SHARED_SPEC } from './paths.js'

/** The official Beacon v2 schemas as an oracle. They lie beside the project, never in it. */
export const OFFICIAL_SCHEMAS = 'spec/beacon-schemas'
const ROOT = join(SHARED_SPEC, 'beacon-schemas')
const OVERLAY = join(ROOT, 'overlays', 'v2.2.0.merge-patch.json')
// Only a base for the relative references between the files; nothing is fetched from it.
const BASE = 'https://official.invalid/'

export type OfficialVersion = '2.1.1' | '2.2.0'

const RESPONSES = 'framework/json/responses/'
const INFORMATIONAL: Readonly<Partial<Record<AnswerKind['kind'], string>>> = {
  info: `${RESPONSES}beaconInfoResponse.json`,
  serviceInfo: `${RESPONSES}ga4gh-service-info-1-0-0-schema.json`,
  configuration: `${RESPONSES}beaconConfigurationResponse.json`,
  entryTypes: `${RESPONSES}beaconEntryTypesResponse.json`,
  map: `${RESPONSES}beaconMapResponse.json`,
  filteringTerms: `${RESPONSES}beaconFilteringTermsResponse.json`,
  error: `${RESPONSES}beaconErrorResponse.json`,
}
const BY_GRANULARITY = {
  boolean: [`${RESPONSES}beaconBooleanResponse.json`],
  count: [`${RESPONSES}beaconCountResponse.json`],
  record: [],
} as const
const BY_BODY = {
  none: [],
  resultSets: [`${RESPONSES}beaconResultsetsResponse.json`],
  collections: [`${RESPONSES}beaconCollectionsResponse.json`],
} as const
const MODEL = 'models/json/beacon-v2-default-model/'
const RECORDS = {
  genomicVariation: `${MODEL}genomicVariations/defaultSchema.json`,
  dataset: `${MODEL}datasets/defaultSchema.json`,
} as const

/** More of ajv's errors only repeat the first ones from every branch of a `oneOf`. */
const MAXIMUM_ERRORS = 5

export function hasOfficialSchemas(): boolean {
  return existsSync(ROOT)
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function load(version: OfficialVersion): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // The cohort schema uses `datetime`, which is no format of JSON Schema.
  ajv.addFormat('datetime', true)
  const overlay = version === '2.2.0' ? (readJson(OVERLAY) as { patches: Record<string, unknown> }) : { patches: {} }
  const patches: Readonly<Record<string, unknown>> = overlay.patches
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).map((file) => file.split(sep).join('/'))
  for (const path of files) {
    if (!path.endsWith('.json') || path.startsWith('overlays/')) continue
    const schema = mergePatch(readJson(join(ROOT, path)), patches[path] ?? {})
    ajv.addSchema({ ...(schema as object), $id: BASE + path })
  }
  return ajv
}

const loaded = new Map<OfficialVersion, Ajv2020>()

function compiled(version: OfficialVersion, path: string): ValidateFunction {
  const ajv = loaded.get(version) ?? load(version)
  loaded.set(version, ajv)
  const check = ajv.getSchema(BASE + path)
  if (!check) throw new TypeError(`no official schema ${path}`)
  return check
}

/** Errors of a document against one official schema, by its path in the tree; empty when it is valid. */
export function officialErrors(path: string, document: unknown, version: OfficialVersion = '2.1.1'): readonly string[] {
  const check = compiled(version, path)
  if (check(document)) return []
  // The deepest places first: they are in the branch of a `oneOf` that the document came closest to.
  const errors = [...(check.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length)
  const sentences = errors.map(
    (e) => `${e.instancePath || '/'} ${e.message ?? 'is not valid'} ${JSON.stringify(e.params)}`,
  )
  return [...new Set(sentences)].slice(0, MAXIMUM_ERRORS)
}

/** 2.2 relaxes what a result set must have, so an answer that says 2.2 or later is held to that. */
function versionOf(document: unknown): OfficialVersion {
  const meta = isObject(document) && isObject(document['meta']) ? document['meta'] : {}
  const apiVersion = typeof meta['apiVersion'] === 'string' ? meta['apiVersion'] : ''
  const match = /^v?(\d+)\.(\d+)/.exec(apiVersion)
  if (!match) return '2.1.1'
  return Number(match[1]) > 2 || (Number(match[1]) === 2 && Number(match[2]) >= 2) ? '2.2.0' : '2.1.1'
}

function schemasFor(answer: AnswerKind): readonly string[] {
  if (answer.kind !== 'data') return [INFORMATIONAL[answer.kind] ?? []].flat()
  // A boolean or count answer with result sets must be valid as both; a record answer has no form without a body.
  const body = answer.granularity === 'record' && answer.body === 'none' ? 'resultSets' : answer.body
  return [...BY_GRANULARITY[answer.granularity], ...BY_BODY[body]]
}

/**
 * Errors of an answer against the official schemas that apply to it; empty when it is valid, or when it is of a kind that
 * Beacon does not define (service registry, live answers). The framework's schemas do not look inside `results`, so every record is
 * then held to the default model of its entry type.
 *
 * @param path path or URL that was asked
 */
export function validateOfficial(path: string, document: unknown): readonly string[] {
  const answer = answerKind(path, document)
  const version = versionOf(document)
  const errors = schemasFor(answer).flatMap((schema) =>
    officialErrors(schema, document, version).map((error) => `${schema}: ${error}`),
  )
  if (answer.kind !== 'data' || !answer.records) return errors
  const schema = RECORDS[answer.records]
  const wrong = recordsIn(document).flatMap(([place, record]) =>
    officialErrors(schema, record, version).map((error) => `${schema}: ${place} ${error}`),
  )
  return [...errors, ...wrong]
}
