import type { Grant } from '../access/grant.js'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { carriersOf } from '../variants/calls.js'
import type { VariantQuery } from '../variants/variant-query.js'
import type { Matches, Page, VariantStore } from '../variants/variant-store.js'
import { visibleOf } from '../variants/visible-set.js'
import { canFilter, limitEntities, type Limit, type PeopleQuestion, type PeopleSource } from './narrow-people.js'
import { namesOf, type Names } from './names.js'
import { toBareIndividual, toOutgoingDocument } from './outgoing-document.js'
import type { Document, RecordType } from './record.js'

export interface RecordQuestion extends PeopleQuestion {
  readonly wanted: RecordType
  /** Only people who carry an allele that matches, and their records. */
  readonly variant?: VariantQuery
}

export interface RecordSource extends PeopleSource {
  readonly store: VariantStore
}

/** What matched in one dataset; before disclosure. */
export interface DatasetRecords {
  readonly datasetId: string
  readonly count: number
  /** Whose records they are. */
  readonly people: Bitmap
  /** The asked page, with people and records called as the dataset has it. */
  readonly page: readonly Document[]
  /** Whose records the page has, by number. */
  readonly owners: readonly number[]
}

export interface RecordAnswer {
  readonly datasets: readonly DatasetRecords[]
  /** Datasets without the records that a filter speaks of. */
  readonly undecided: number
}

/** Everybody with the allele, inherited or in a tumour. */
export function peopleWith(matches: Matches): Bitmap {
  // Pre-counted alleles have nobody behind them; whoever asks leaves such datasets out and says so.
  if (matches.kind === 'pre-counted') return EMPTY
  if (matches.kind === 'several-alleles') return Bitmap.or(matches.carriers, matches.somatic)
  return Bitmap.or(carriersOf(matches.calls), matches.calls.somatic)
}

/**
 * Records of the granted datasets, only of visible people. Sets are intersected; no list is made but of the page.
 *
 * @param page of each dataset's records; absent when none are wanted
 * @throws NodeError unavailable
 */
export async function findRecords(
  grant: Grant,
  question: RecordQuestion,
  source: RecordSource,
  page?: Page,
): Promise<RecordAnswer> {
  const decided = grant.datasetIds.filter((id) => canFilter(id, question.filters, grant, source))
  const everybody = await source.store.people(grant)
  const entities = new Map(
    decided.map((id) => {
      const limit = limitEntities(id, question.wanted, question, grant, source)
      return [id, visibleEntities(id, question.wanted, grant, everybody.get(id) ?? EMPTY, limit, source)] as const
    }),
  )
  const found = question.variant
    ? await keepCarriers(grant, question.variant, question.wanted, entities, source)
    : entities
  const datasets = [...found].map(([datasetId, set]): DatasetRecords => ({
    datasetId,
    count: set.size,
    people: toPeople(datasetId, question.wanted, set, source),
    ...(page
      ? readPage(datasetId, question.wanted, set, page, source, namesOf(datasetId, grant, source))
      : { page: [], owners: [] }),
  }))
  return { datasets, undecided: grant.datasetIds.length - decided.length }
}

function toPeople(dataset: string, wanted: RecordType, entities: Bitmap, { metadata }: RecordSource): Bitmap {
  if (wanted === 'individual') return entities
  return metadata.index(dataset)?.[wanted].toIndividuals(entities) ?? EMPTY
}

/** @param withAlleles the visible people of whom the dataset has alleles: individuals too, with or without a record */
function visibleEntities(
  dataset: string,
  wanted: RecordType,
  grant: Grant,
  withAlleles: Bitmap,
  limit: Limit,
  { metadata }: RecordSource,
): Bitmap {
  const index = metadata.index(dataset)?.[wanted]
  const visible = grant.visibleOf(dataset)!
  if (wanted === 'individual') {
    const all = Bitmap.or(withAlleles, visibleOf(visible, index?.people ?? EMPTY))
    return limit ? Bitmap.and(all, limit) : all
  }
  if (!index) return EMPTY
  const owners = visibleOf(visible, index.people)
  const all = owners.size === index.people.size ? index.all : index.toEntities(owners)
  return limit ? Bitmap.and(all, limit) : all
}

async function keepCarriers(
  grant: Grant,
  variant: VariantQuery,
  wanted: RecordType,
  entities: ReadonlyMap<string, Bitmap>,
  source: RecordSource,
): Promise<ReadonlyMap<string, Bitmap>> {
  const people = [...entities].map(
    ([id, set]) =>
      [id, { kind: 'some', people: toPeople(id, wanted, set, source), version: 'of one question' }] as const,
  )
  const answer = await source.store.query(grant.narrowedTo(new Map(people)), variant)
  return new Map(
    answer.datasets.map(({ datasetId, matches }) => {
      const carriers = peopleWith(matches)
      const theirs =
        wanted === 'individual' ? carriers : (source.metadata.index(datasetId)?.[wanted].toEntities(carriers) ?? EMPTY)
      return [datasetId, Bitmap.and(entities.get(datasetId) ?? EMPTY, theirs)] as const
    }),
  )
}

function readPage(
  dataset: string,
  wanted: RecordType,
  entities: Bitmap,
  { offset, limit }: Page,
  source: RecordSource,
  names: Names,
): Pick<DatasetRecords, 'page' | 'owners'> {
  const numbers: number[] = []
  for (let rank = offset; rank < Math.min(offset + limit, entities.size); rank++) numbers.push(entities.select(rank)!)
  const records = source.metadata.records(dataset, wanted, numbers)
  const owners = source.individuals.byNumber(
    wanted === 'individual' ? numbers : [...new Set(records.map(({ individual }) => individual))],
  )
  if (wanted !== 'individual') {
    // A person who is removed between the count and this look is not shown.
    const documents = records.flatMap((record) => {
      const owner = owners.get(record.individual)
      return owner ? [toOutgoingDocument(record, owner, names)] : []
    })
    return { page: documents, owners: [...owners.keys()] }
  }
  const byPerson = new Map(records.map((record) => [record.individual, record]))
  const documents = numbers.flatMap((number) => {
    const person = owners.get(number)
    if (!person) return []
    const record = byPerson.get(number)
    return [record ? toOutgoingDocument(record, person, names) : toBareIndividual(person, names)]
  })
  return { page: documents, owners: [...owners.keys()] }
}
