import { API_VERSION, type NodeConfig } from '../../schemas/index.js'
import { authorise } from '../access/authorise.js'
import { NOBODY_KNOWN } from '../access/caller.js'
import type { DatasetIndex } from '../metadata/dataset-index.js'
import { RECORD_TYPES, type RecordType } from '../metadata/record.js'
import type { Bitmap } from '../variants/bitmap.js'
import type { BeaconData } from './context.js'

/** A field with more different texts is listed without them. */
const MOST_VALUES = 50

interface FilteringTerm {
  readonly type: 'ontology' | 'alphanumeric'
  readonly id: string
  readonly label?: string
  readonly scopes: readonly RecordType[]
  readonly values?: readonly string[]
}

interface Collected {
  readonly type: FilteringTerm['type']
  label?: string
  readonly scopes: Set<RecordType>
  readonly values: Set<string>
}

export interface TermsWanted {
  /** Terms of one kind of record. */
  readonly scope?: RecordType
  /** Terms of one dataset, or of the members of one cohort. */
  readonly of?: { readonly type: 'dataset' | 'cohort'; readonly id: string }
  /** Pages of so many terms; absent: all at once. */
  readonly page?: { readonly skip: number; readonly limit: number }
}

/** What can be filtered by in the datasets that anybody may ask; terms of others would tell what is in them. */
export function toFilteringTerms(config: NodeConfig, data: BeaconData, wanted: TermsWanted): object {
  const { of, page } = wanted
  const named = of?.type === 'dataset' ? [of.id] : undefined
  const known = data.store.datasets()
  const isKnown = named === undefined || known.some(({ id }) => id === named[0])
  const decision = isKnown
    ? authorise(NOBODY_KNOWN, known, undefined, undefined, data.individuals.visible())
    : undefined
  const collected = new Map<string, Collected>()
  if (decision?.kind === 'granted') {
    for (const id of decision.grant.datasetIds.filter((dataset) => named?.includes(dataset) ?? true)) {
      const index = data.metadata.index(id)
      const cohort = of?.type === 'cohort' ? data.metadata.cohorts(id).find((one) => one.id === of.id) : undefined
      if (!index || (of?.type === 'cohort' && !cohort?.members)) continue
      collect(index, collected, wanted.scope, cohort?.members)
    }
  }
  const terms = [...collected.entries()].map(toTerm).sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    meta: { beaconId: config.id, apiVersion: API_VERSION, returnedSchemas: [] },
    response: {
      filteringTerms: page ? terms.slice(page.skip * page.limit, (page.skip + 1) * page.limit) : terms,
      resources: data.terms.resources(),
    },
  }
}

/** @param among only terms that one of these people has; absent: all */
function collect(
  index: DatasetIndex,
  into: Map<string, Collected>,
  scope: RecordType | undefined,
  among: Bitmap | undefined,
): void {
  for (const type of RECORD_TYPES.filter((one) => scope === undefined || one === scope)) {
    const { terms, texts, numbers, toEntities } = index[type]
    const members = among && toEntities(among)
    const isHad = (entities: Bitmap) => members === undefined || entities.intersects(members)
    for (const [id, { label, entities }] of terms) {
      if (!isHad(entities)) continue
      const term = getOrAdd(into, id, 'ontology')
      if (label !== undefined) term.label = label
      term.scopes.add(type)
    }
    for (const [field, byValue] of texts) {
      const values = [...byValue].filter(([, entities]) => isHad(entities)).map(([value]) => value)
      if (values.length === 0) continue
      const term = getOrAdd(into, field, 'alphanumeric')
      term.scopes.add(type)
      for (const value of values) term.values.add(value)
    }
    for (const [field, lists] of numbers) {
      const isAny = lists.some(
        ({ entities }) => members === undefined || entities.some((entity) => members.has(entity)),
      )
      if (isAny) getOrAdd(into, field, 'alphanumeric').scopes.add(type)
    }
  }
}

function getOrAdd(into: Map<string, Collected>, id: string, type: FilteringTerm['type']): Collected {
  const known = into.get(id)
  if (known) return known
  const made: Collected = { type, scopes: new Set(), values: new Set() }
  into.set(id, made)
  return made
}

function toTerm([id, { type, label, scopes, values }]: [string, Collected]): FilteringTerm {
  return {
    type,
    id,
    ...(label === undefined ? {} : { label }),
    scopes: [...scopes],
    ...(values.size > 0 && values.size <= MOST_VALUES ? { values: [...values].sort() } : {}),
  }
}
