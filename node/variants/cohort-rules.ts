/** What a site that an ingest has no row for says of its people: they have the reference, or nothing. */
export const ABSENT_RULES = ['hom-ref', 'unknown'] as const

export type AbsentRule = (typeof ABSENT_RULES)[number]

/** Of what the samples are: of the inherited genome, or of a tumour. */
export const ORIGINS = ['germline', 'somatic'] as const

export type Origin = (typeof ORIGINS)[number]

/** What the callers of the files looked for. */
export const CALLED_KINDS = ['sequence', 'structural', 'both'] as const

export type CalledKinds = (typeof CALLED_KINDS)[number]
