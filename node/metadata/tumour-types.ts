import { TUMOUR_TYPE_FIELDS } from '../../schemas/index.js'
import { Bitmap } from '../variants/bitmap.js'
import type { DatasetIndex } from './dataset-index.js'
import { REFERENCE_SAMPLE } from './tumour-samples.js'

/** The people of whose tumours a dataset's biosamples say one and the same. */
export interface TumourType {
  readonly field: (typeof TUMOUR_TYPE_FIELDS)[number]
  readonly id: string
  readonly label: string | undefined
  readonly people: Bitmap
}

/** An index is replaced whole when records change. */
const known = new WeakMap<DatasetIndex, readonly TumourType[]>()

/**
 * The tumour types of a dataset, by field. Files of variants name people, not samples: of somebody with tumours of two types it is
 * not known in which an allele was found, and so they stand in neither.
 */
export function tumourTypesOf(index: DatasetIndex): readonly TumourType[] {
  const types = known.get(index) ?? TUMOUR_TYPE_FIELDS.flatMap((field) => readTypes(index, field))
  known.set(index, types)
  return types
}

function readTypes({ biosample }: DatasetIndex, field: TumourType['field']): readonly TumourType[] {
  const { texts, terms, toIndividuals } = biosample
  const references = texts.get('biosampleStatus')?.get(REFERENCE_SAMPLE) ?? new Bitmap()
  const types = [...(texts.get(field) ?? [])].flatMap(([id, samples]): TumourType[] => {
    // A term is indexed by its id and by its label: the id is the one that is a term.
    const term = terms.get(id)
    return term ? [{ field, id, label: term.label, people: toIndividuals(Bitmap.andNot(samples, references)) }] : []
  })
  const once = new Bitmap()
  const several = new Bitmap()
  for (const { people } of types) {
    several.orInPlace(Bitmap.and(once, people))
    once.orInPlace(people)
  }
  return types.map((type) => ({ ...type, people: Bitmap.andNot(type.people, several) }))
}
