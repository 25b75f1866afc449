import addFormats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { JsonSchema } from '../../schemas/index.js'
import { mergePatch } from '../support/merge-patch.js'
import { errorsOf, type SchemaError } from './standard-schemas.js'

/** Only a base for the references between the files. */
const BASE = 'https://official.invalid/'

/** The official files refer to each other by these addresses, and to VRS by that one; nothing is fetched. */
const ADDRESSES: readonly (readonly [RegExp, string])[] = [
  [/https:\/\/raw\.githubusercontent\.com\/ga4gh-beacon\/beacon-v2\/[^/"]+\//g, BASE],
  [/https:\/\/w3id\.org\/ga4gh\/schema\/vrs\/1\.3\/vrs\.json/g, `${BASE}vrs/1.3/vrs.json`],
]

const MODEL_FOLDERS: Readonly<Record<string, string>> = {
  analysis: 'analyses',
  biosample: 'biosamples',
  cohort: 'cohorts',
  dataset: 'datasets',
  genomicVariant: 'genomicVariations',
  individual: 'individuals',
  run: 'runs',
}

/** Beacon 2.2 no longer demands these of a result set (merged change #231 of the standard). */
const RESULT_SETS = 'framework/json/responses/sections/beaconResultsets.json'
const RESULT_SET_2_2 = { $defs: { ResultsetInstance: { required: ['id', 'setType', 'exists'] } } }

/** The official schemas, from a folder that holds `framework/json`, `models/json` and `vrs/1.3/vrs.json`. */
export interface OfficialSchemas {
  /** @param name file below `framework/json/responses/`, such as `beaconMapResponse` */
  responseErrors(name: string, document: unknown, isVersion22: boolean): readonly SchemaError[]
  /** Errors of a record; none for entry types outside the default model. */
  recordErrors(entryType: string, record: unknown): readonly SchemaError[]
}

function load(folder: string, isVersion22: boolean): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true, validateSchema: false })
  addFormats.default(ajv)
  // The cohort schema uses `datetime`, which is no format of JSON Schema.
  ajv.addFormat('datetime', true)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.split(sep).join('/'))
  for (const path of files) {
    if (!/^(framework|models|vrs)\/.*\.json$/.test(path) || /\/examples[^/]*\//.test(path)) continue
    const text = ADDRESSES.reduce((all, [from, to]) => all.replace(from, to), readFileSync(join(folder, path), 'utf8'))
    // Version 2020-12 rules for all: VRS says draft-07, and uses nothing that differs.
    const schema = { ...(JSON.parse(text) as JsonSchema), $schema: 'https://json-schema.org/draft/2020-12/schema' }
    const patched = isVersion22 && path === RESULT_SETS ? (mergePatch(schema, RESULT_SET_2_2) as JsonSchema) : schema
    ajv.addSchema({ ...patched, $id: BASE + path })
  }
  return ajv
}

/** @throws Error the folder does not hold the schemas, or they refer to what is not there */
export function openOfficialSchemas(folder: string): OfficialSchemas {
  if (!existsSync(join(folder, 'framework', 'json', 'responses'))) {
    throw new Error(`${folder} holds no framework/json/responses: it must be a copy of the official Beacon v2 schemas`)
  }
  const validators = { old: load(folder, false), new: load(folder, true) }
  const compile = (path: string, isVersion22 = false) => {
    const check = validators[isVersion22 ? 'new' : 'old'].getSchema(BASE + path)
    if (!check) throw new Error(`${folder} has no ${path}`)
    return check
  }
  for (const model of Object.values(MODEL_FOLDERS))
    compile(`models/json/beacon-v2-default-model/${model}/defaultSchema.json`)
  return {
    responseErrors: (name, document, isVersion22) =>
      errorsOf(compile(`framework/json/responses/${name}.json`, isVersion22), document),
    recordErrors(entryType, record) {
      const model = MODEL_FOLDERS[entryType]
      if (model === undefined) return []
      return errorsOf(compile(`models/json/beacon-v2-default-model/${model}/defaultSchema.json`), record)
    },
  }
}
