import type { Granularity } from '../../schemas/index.js'
import { intersectVisible, type VisibleSet } from '../variants/visible-set.js'

/** What one caller may see of one dataset. */
export interface DatasetGrant {
  /** The most that may be told. */
  readonly granularity: Granularity
  readonly visible: VisibleSet
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

  /** The individuals that the caller may learn of in a dataset; undefined when the caller may not ask it. */
  visibleOf(datasetId: string): VisibleSet | undefined {
    return this.#datasets.get(datasetId)?.visible
  }
}
