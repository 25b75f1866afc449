import type { AccessLevel, AssemblyId, Granularity, IdentifierPolicy } from '../../schemas/index.js'

/** What a decision needs to know of a dataset. */
export interface DatasetPolicy {
  readonly id: string
  readonly assembly: AssemblyId
  readonly access: AccessLevel
  readonly granularity: Granularity
  /** Who answers for the data, and can pause them; absent: the node's own organisation. */
  readonly controller?: string
  /** `sites`: alleles that were counted elsewhere, with nobody behind them who could be seen or not. */
  readonly content?: 'genotypes' | 'sites'
  /** Absent: pseudonymous. */
  readonly identifiers?: IdentifierPolicy
  /** Whether its alleles may be told with the people who have them; absent: they may not. */
  readonly caseLevelData?: boolean
}
