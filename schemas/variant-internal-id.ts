/** `{assembly}-{chrom}-{pos}-{ref}-{alt}` of a sequence allele, with VCF's 1-based position; long bases stand as a hash. */
export const SEQUENCE_VARIANT_ID =
  /^([^-]+)-([^-]+)-([1-9]\d{0,9})-([ACGTN]*|sha256\.[0-9a-f]{32})-([ACGTN]*|sha256\.[0-9a-f]{32})$/

/** `{assembly}-{chrom}-{pos}-{type}-{end}` and what else the key holds, of a structural allele; a type may have hyphens. */
export const STRUCTURAL_VARIANT_ID =
  /^([^-]+)-([^-]+)-([1-9]\d{0,9})-(\S+?)-([1-9]\d{0,9})(?:-CN\d{1,4})?(?:-LEN\d{1,10})?(?:-sha256\.[0-9a-f]{32})?$/

/** A position between hyphens: somebody meant an id of ours, and a slip in it must not be answered with "nobody". */
const MEANT_AS_ID = /-\d+-/

/** Whether a text is meant as a variantInternalId, rightly or wrongly written. */
export function looksLikeVariantInternalId(id: string): boolean {
  return MEANT_AS_ID.test(id)
}
