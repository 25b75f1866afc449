import addFormats from 'ajv-formats'
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { DRAFT_2020_12 } from '../../schemas/index.js'
import { canonicalType } from './answers.js'
import type { Client } from './client.js'
import { entriesAt, isObject, textAt } from './json.js'

/** The schemas of records that a beacon names and serves itself. */
export interface ServedSchemas {
  readonly schemas: ReadonlyMap<string, { readonly url: string; readonly check: ValidateFunction }>
  /** Entry types whose schema is elsewhere, by its URL: it is not fetched, and ours serves. */
  readonly elsewhere: ReadonlyMap<string, string>
  /** What is wrong with those that the beacon should serve, by entry type. */
  readonly problems: ReadonlyMap<string, string>
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}

/**
 * Fetches the default schema of every entry type, with what it refers to, from the beacon's own host. Other hosts are not asked:
 * a suite that looks at a beacon should depend on nothing else.
 */
export async function fetchServedSchemas(client: Client, base: string, configuration: unknown): Promise<ServedSchemas> {
  const host = hostOf(base)
  const schemas = new Map<string, { url: string; check: ValidateFunction }>()
  const elsewhere = new Map<string, string>()
  const problems = new Map<string, string>()
  async function fetchSchema(url: string): Promise<AnySchemaObject> {
    if (hostOf(url) !== host) throw new Error(`refers to ${url}, which the beacon does not serve`)
    const { status, body, failure } = await client.send({ method: 'GET', url, kind: 'framework' })
    if (status !== 200 || !isObject(body))
      throw new Error(`${url} answers ${failure ?? `HTTP ${status}`}, and no schema`)
    // Read as version 2020-12, whatever a schema says of itself: no other validator is at hand.
    return { ...body, $schema: DRAFT_2020_12 }
  }
  for (const [name, definition] of entriesAt(configuration, 'response', 'entryTypes')) {
    const url = textAt(definition, 'defaultSchema', 'referenceToSchemaDefinition')
    const entryType = canonicalType(name)
    if (url === undefined) continue
    if (hostOf(url) !== host) {
      elsewhere.set(entryType, url)
      continue
    }
    try {
      const ajv = new Ajv2020({
        strict: false,
        allErrors: true,
        verbose: true,
        validateSchema: false,
        loadSchema: fetchSchema,
      })
      addFormats.default(ajv)
      ajv.addFormat('datetime', true)
      const schema = await fetchSchema(url)
      schemas.set(entryType, { url, check: await ajv.compileAsync({ ...schema, $id: url }) })
    } catch (error) {
      problems.set(entryType, error instanceof Error ? error.message : String(error))
    }
  }
  return { schemas, elsewhere, problems }
}
