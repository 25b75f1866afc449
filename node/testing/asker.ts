import { authorise } from '../access/authorise.js'
import { NOBODY_KNOWN } from '../access/caller.js'
import { NO_CONSENT, NO_RULES } from '../access/rules.js'
import { openIndividuals } from '../metadata/individuals.js'
import { disclose, type Release } from '../privacy/disclose.js'
import type { Page } from '../variants/variant-store.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { openCatalogue } from '../variants/sqlite/catalogue.js'
import { createSqliteVariantStore } from '../variants/sqlite/sqlite-variant-store.js'

export interface Asker {
  ask(query: VariantQuery, page?: Page): Promise<Release>
  close(): void
}

/** Asks the store as the request path does, at record granularity. */
export function openAsker(nodeDirectory: string): Asker {
  const store = createSqliteVariantStore(openCatalogue(nodeDirectory, { onProblem: () => undefined }))
  const individuals = openIndividuals(nodeDirectory)
  return {
    async ask(query, page = { offset: 0, limit: 1000 }) {
      const manifests = store.datasets()
      const decision = authorise(
        manifests,
        { caller: NOBODY_KNOWN, granularity: 'record', assembly: query.assembly, places: undefined, named: undefined },
        {
          rules: NO_RULES,
          consent: NO_CONSENT,
          register: individuals,
          peopleOf: (id) => store.peopleIn(id),
          care: false,
          now: new Date(),
        },
      )
      if (decision.kind === 'denied') throw new Error('denied')
      const answer = await store.query(decision.grant, query, page)
      return disclose(answer, decision.grant, 'record', manifests, {
        countFamilies: (people) => individuals.countFamilies(people),
      })
    },
    close() {
      void store.close()
      individuals.close()
    },
  }
}
