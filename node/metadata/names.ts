import type { Grant } from '../access/grant.js'
import { isVisible } from '../variants/visible-set.js'
import type { Individual, Individuals } from './individuals.js'
import type { Metadata, StoredRecord } from './metadata.js'
import type { RecordType } from './record.js'

/**
 * How answers call the people and records of one dataset, and whom they mean by an id: all by pseudonyms, or all by the ids of
 * the laboratory. Never both, so that nobody can put a pseudonym of one dataset and a name of another together.
 */
export interface Names {
  ofIndividual(individual: Individual): string
  ofRecord(record: StoredRecord): string
  /** Of a person whom a document names; undefined for those who may not be seen, or whom the node does not have. */
  ofNamedIndividual(name: string): string | undefined
  /** Of a record that a document names; undefined likewise. */
  ofNamedRecord(type: RecordType, name: string): string | undefined
  findIndividual(id: string): Individual | undefined
  findRecord(type: RecordType, id: string): StoredRecord | undefined
}

export interface NameSource {
  readonly metadata: Pick<Metadata, 'findByPseudonym' | 'findByName' | 'pseudonymOf'>
  readonly individuals: Pick<Individuals, 'findByPseudonym' | 'findByName'>
}

/** @param grant says what the dataset allows */
export function namesOf(dataset: string, grant: Grant, { metadata, individuals }: NameSource): Names {
  const keeps = grant.keepsIdentifiers(dataset)
  const visible = grant.visibleOf(dataset)!
  const ofIndividual = ({ name, pseudonym }: Individual) => (keeps ? name : pseudonym)
  return {
    ofIndividual,
    ofRecord: ({ name, pseudonym }) => (keeps ? name : pseudonym),
    ofNamedIndividual(name) {
      const individual = individuals.findByName(name)
      return individual && isVisible(visible, individual.number) ? ofIndividual(individual) : undefined
    },
    ofNamedRecord(type, name) {
      const owner = visible.kind === 'some' ? metadata.findByName(dataset, type, name)?.individual : undefined
      if (owner !== undefined && !isVisible(visible, owner)) return undefined
      const pseudonym = metadata.pseudonymOf(dataset, type, name)
      return keeps && pseudonym !== undefined ? name : pseudonym
    },
    findIndividual: (id) => (keeps ? individuals.findByName(id) : individuals.findByPseudonym(id)),
    findRecord: (type, id) =>
      keeps ? metadata.findByName(dataset, type, id) : metadata.findByPseudonym(dataset, type, id),
  }
}
