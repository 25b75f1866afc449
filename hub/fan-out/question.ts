import {
  API_VERSION_2_2,
  type AssemblyId,
  type GVariantParameters,
  type RequestFilterItem,
} from '../../schemas/index.js'

/** What every region is asked. */
export interface Question {
  /** Absent when the question needs none, or is a variant id of an unknown form. */
  readonly assemblyId?: AssemblyId
  /** The parameters of an allele or a range, or the id of a variant. */
  readonly target: { readonly gVariant: GVariantParameters } | { readonly variantId: string }
  readonly filters: readonly RequestFilterItem[]
  readonly granularity: 'boolean' | 'count'
  readonly testMode: boolean
  /** An indel can be spelled in several ways, and a region that does not left-align may miss it. */
  readonly isIndel: boolean
}

/** Path below the region's base URL. Only an id that the hub cannot read stands in it; what it can read goes as parameters. */
export function toPath({ target }: Question): string {
  return 'variantId' in target ? `/g_variants/${encodeURIComponent(target.variantId)}` : '/g_variants'
}

/**
 * The body for a member. ALL, because regions without the allele contribute their alleleNumber (spec/counting.md); one record
 * at most, because the hub wants none.
 */
export function toRequestBody({ target, filters, granularity, testMode }: Question): object {
  return {
    meta: { apiVersion: API_VERSION_2_2 },
    query: {
      ...('gVariant' in target ? { requestParameters: { g_variant: target.gVariant } } : {}),
      ...(filters.length > 0 ? { filters } : {}),
      includeResultsetResponses: 'ALL',
      requestedGranularity: granularity,
      pagination: { skip: 0, limit: 1 },
      ...(testMode ? { testMode } : {}),
    },
  }
}
