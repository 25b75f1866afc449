/** How much an answer says, least first. Beacon v2.1.1 `Granularity`. */
export const GRANULARITIES = ['boolean', 'count', 'record'] as const

export type Granularity = (typeof GRANULARITIES)[number]

export function isGranularity(value: unknown): value is Granularity {
  return (GRANULARITIES as readonly unknown[]).includes(value)
}

/** The lesser of two: a granularity asked for is a wish below a ceiling. */
export function lesserGranularity(a: Granularity, b: Granularity): Granularity {
  return GRANULARITIES.indexOf(a) <= GRANULARITIES.indexOf(b) ? a : b
}

export const INCLUDE_RESULTSET_RESPONSES = ['ALL', 'HIT', 'MISS', 'NONE'] as const

export type IncludeResultsetResponses = (typeof INCLUDE_RESULTSET_RESPONSES)[number]
