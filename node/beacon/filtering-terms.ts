import { API_VERSION, type BeaconRequest } from '../../schemas/index.js'
import type { DatasetIndex } from '../metadata/dataset-index.js'
import { RECORD_TYPES, type RecordType } from '../metadata/record.js'
import type { Bitmap } from '../variants/bitmap.js'
import { visibleOf, type VisibleSet } from '../variants/visible-set.js'
import { admit, identify } from './admit.js'
import type { BeaconContext, Envelope } from './context.js'

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

/**
 * What can be filtered by in the datasets that the caller may ask, of the people who may be seen there; terms of others would
 * tell what is known of them.
 *
 * @throws NodeError
 */
export async function answerFilteringTerms(
  context: BeaconContext,
  request: BeaconRequest,
  wanted: TermsWanted,
  envelope: Envelope,
): Promise<object> {
  const { config } = context
  const { of, page } = wanted
  const question = 'filtering terms'
  const identified = await identify(context, request, envelope, question)
  const { data } = identified
  // Terms are told with nothing of how many people have them.
  const admission = { question, datasetIds: undefined, granularity: 'boolean' } as const
  const { grant, record } = await admit(identified, admission)
  const datasets = grant.datasetIds.filter((id) => of?.type !== 'dataset' || of.id === id)
  const collected = new Map<string, Collected>()
  for (const id of datasets) {
    const index = data.metadata.index(id)
    const cohort = of?.type === 'cohort' ? data.metadata.cohorts(id).find((one) => one.id === of.id) : undefined
    if (!index || (of?.type === 'cohort' && !cohort?.members)) continue
    collect(index, collected, wanted.scope, toMembers(grant.visibleOf(id)!, cohort?.members))
  }
  await record(datasets, 'boolean', collected.size > 0)
  const terms = [...collected.entries()].map(toTerm).sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    meta: { beaconId: config.id, apiVersion: API_VERSION, returnedSchemas: [] },
    response: {
      filteringTerms: page ? terms.slice(page.skip * page.limit, (page.skip + 1) * page.limit) : terms,
      resources: data.terms.resources(),
    },
  }
}

/** @returns undefined: everybody */
function toMembers(visible: VisibleSet, cohort: Bitmap | undefined): Bitmap | undefined {
  if (cohort) return visibleOf(visible, cohort)
  return visible.kind === 'everybody' ? undefined : visible.people
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
