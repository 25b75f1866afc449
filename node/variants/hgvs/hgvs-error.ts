/** Why a description in HGVS gives no alleles. */
export class HgvsError extends Error {
  override readonly name = 'HgvsError'
  /** `wrong`: the description contradicts itself or the sequence. `cannot`: it may be right, but what would resolve it is not here. */
  readonly kind: 'wrong' | 'cannot'

  constructor(kind: HgvsError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}
