const UNKNOWN_BASE = 'N'.charCodeAt(0)

/** Writes the optional fields MD and NM of a read (SAM tags specification), as htslib makes them while it decodes. */
export class MismatchWriter {
  #md = ''
  #nm = 0
  /** Bases that fit since the last that did not; undefined: beyond the reference, where nothing is told. */
  #matching: number | undefined = 0

  /** A base that the reference does not know fits none. */
  matchBases(reference: Buffer): void {
    let at = 0
    for (let unknown = reference.indexOf(UNKNOWN_BASE); unknown >= 0; unknown = reference.indexOf(UNKNOWN_BASE, at)) {
      this.match(unknown - at)
      this.replace(reference.subarray(unknown, unknown + 1))
      at = unknown + 1
    }
    this.match(reference.length - at)
  }

  match(count: number): void {
    if (this.#matching !== undefined) this.#matching += count
  }

  /** @param reference what stands there */
  replace(reference: Buffer): void {
    for (const base of reference) {
      this.#tellMatching()
      this.#md += String.fromCharCode(base)
      this.#matching = 0
    }
    this.#nm += reference.length
  }

  /** @param reference what stands there; shorter than `count` where it ends */
  remove(reference: Buffer, count: number): void {
    this.#tellMatching()
    this.#md += `^${reference.toString('latin1')}`
    this.#nm += reference.length
    this.#matching = 0
    if (reference.length === count) return
    this.#md += '0'
    this.#matching = undefined
  }

  insert(count: number): void {
    this.#nm += count
  }

  /** A base beyond the end of the reference. */
  leaveReference(): void {
    this.#tellMatching()
    this.#matching = undefined
  }

  finish(): { readonly md: string; readonly nm: number } {
    this.#tellMatching()
    return { md: this.#md, nm: this.#nm }
  }

  #tellMatching(): void {
    if (this.#matching !== undefined) this.#md += this.#matching
  }
}
