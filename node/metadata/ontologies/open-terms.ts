import type { Descendants } from '../filters.js'
import type { Ontologies, OntologyResource } from './ontologies.js'

/** What questions and `/filtering_terms` need of the node's ontologies. */
export interface Terms {
  readonly descendants: Descendants
  readonly resources: () => readonly OntologyResource[]
}

/** Filters are then by exact term. */
export const NO_ONTOLOGIES: Terms = { descendants: () => undefined, resources: () => [] }

/** A request asks for the same term several times; it is looked up once in a turn of the event loop. */
export function toTerms(ontologies: Ontologies): Terms {
  const found = new Map<string, readonly string[] | undefined>()
  return {
    descendants(id) {
      if (found.size === 0) setImmediate(() => found.clear())
      if (!found.has(id)) found.set(id, ontologies.find(id) ? ontologies.descendants(id) : undefined)
      return found.get(id)
    },
    resources: () => ontologies.resources(),
  }
}
