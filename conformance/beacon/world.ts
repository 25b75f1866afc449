import type { Case } from '../suite/case.js'
import type { Client, Exchange, GVariant } from './client.js'
import type { Endpoint } from './endpoints.js'
import type { KnownVariant } from './known-variant.js'
import type { OfficialSchemas } from './official-schemas.js'
import type { ServedSchemas } from './served-schemas.js'
import type { Truth } from './truth-file.js'

export interface FrameworkDocuments {
  readonly root: Exchange
  readonly info: Exchange
  readonly serviceInfo: Exchange
  readonly configuration: Exchange
  readonly entryTypes: Exchange
  readonly map: Exchange
  readonly filteringTerms: Exchange
  readonly allFilteringTerms: Exchange
}

/** The first page of a list at record granularity, as far as the beacon shows it. */
export interface ListSample {
  readonly endpoint: Endpoint
  readonly exchange: Exchange
  /** Variant parameters that the list needs: some beacons do not list everything. */
  readonly gVariant: GVariant | undefined
  readonly records: readonly Readonly<Record<string, unknown>>[]
}

export interface FilteringTerm {
  readonly id: string
  readonly type: string
  readonly scopes: readonly string[]
  readonly values: readonly string[]
}

/** What the suite learnt of a beacon before it began to judge. */
export interface World {
  readonly base: string
  readonly client: Client
  readonly documents: FrameworkDocuments
  readonly endpoints: readonly Endpoint[]
  /** By entry type. */
  readonly lists: ReadonlyMap<string, ListSample>
  /** In testMode, by entry type. */
  readonly testLists: ReadonlyMap<string, Exchange>
  readonly variants: readonly KnownVariant[]
  readonly terms: readonly FilteringTerm[]
  readonly truth: Truth
  readonly official: OfficialSchemas | undefined
  readonly served: ServedSchemas
}

/** Endpoints of one kind, by entry type of their records. */
export function listEndpoint(world: Pick<World, 'endpoints'>, entryType: string): Endpoint | undefined {
  return world.endpoints.find(({ kind, returns }) => kind === 'list' && returns === entryType)
}

export type BeaconCase = Case<World>
