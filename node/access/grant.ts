import type { Granularity } from '../../schemas/index.js'
import { intersectVisible, type VisibleSet } from '../variants/visible-set.js'

/** What one caller may see of one dataset. */
export interface DatasetGrant {
  /** The most that may be told. */
  readonly granularity: Granularity
  readonly visible: VisibleSet
  /** People, samples and records are called by the laboratory's own ids; absent: by pseudonyms. */
  readonly keepsIdentifiers?: boolean
  /** Records of alleles name the people who have them; absent: they do not. */
  readonly caseLevelData?: boolean
}

/** What one caller may see in one request. Made only by `authorise`; a store cannot be asked without it. */
export class Grant {
  // A private field makes the class nominal: no object literal can pass for a Grant.
  readonly #datasets: ReadonlyMap<string, DatasetGrant>

  private constructor(datasets: ReadonlyMap<string, DatasetGrant>) {
    this.#datasets = datasets
  }

  /** Only for `access/`; the boundaries test keeps others away. */
  static mint(datasets: ReadonlyMap<string, DatasetGrant>): Grant {
    return new Grant(datasets)
  }

  /** The same rights over fewer people: of a dataset that is not named, nobody and nothing. */
  narrowedTo(people: ReadonlyMap<string, VisibleSet>): Grant {
    const kept = [...this.#datasets].flatMap(([id, grant]) => {
      const visible = people.get(id)
      return visible ? [[id, { ...grant, visible: intersectVisible(grant.visible, visible) }] as const] : []
    })
    return new Grant(new Map(kept))
  }

  get datasetIds(): readonly string[] {
    return [...this.#datasets.keys()]
  }

  /** The most that may be told of a dataset; undefined when the caller may not ask it. */
  granularityOf(datasetId: string): Granularity | undefined {
    return this.#datasets.get(datasetId)?.granularity
  }

  /** Whether answers of a dataset call people and records as the laboratory does. */
  keepsIdentifiers(datasetId: string): boolean {
    return this.#datasets.get(datasetId)?.keepsIdentifiers === true
  }

  /** Whether a dataset's alleles may be told with the people who have them: it allows that, and tells records. */
  tellsCases(datasetId: string): boolean {
    const grant = this.#datasets.get(datasetId)
    return grant?.granularity === 'record' && grant.caseLevelData === true
  }

  /** The individuals that the caller may learn of in a dataset; undefined when the caller may not ask it. */
  visibleOf(datasetId: string): VisibleSet | undefined {
    return this.#datasets.get(datasetId)?.visible
  }
}
