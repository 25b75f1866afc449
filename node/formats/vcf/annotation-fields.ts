/** Which INFO keys of a file say what is known of its alleles. Plain data, so that it can be sent to a thread. */
export interface AnnotationFields {
  /** Of VEP, with the fields of an entry in order; under the key CSQ, or another that it was told to write. */
  readonly vep?: { readonly key: string; readonly fields: readonly string[] }
  /** ANN of SnpEff, whose fields are fixed (Variant annotations in VCF format 1.0). */
  readonly hasAnn: boolean
  /** CLNSIG and what stands beside it in ClinVar's files; the value is true where the header says one value for each ALT. */
  readonly clinvar?: Readonly<Record<string, boolean>>
}

const INFO = /^##INFO=<ID=([^,]+),Number=([^,]+),.*?Description="(.*)"/
/** VEP lists the fields at the end of the description. */
const VEP_FORMAT = /Format: ?'?([^"']*\bConsequence\b[^"']*)/
const CLINVAR_KEYS: ReadonlySet<string> = new Set(['CLNSIG', 'CLNDN', 'CLNDISDB', 'CLNHGVS', 'ALLELEID', 'RS'])

/** Collects from header lines what a file's annotations look like. */
export class AnnotationFieldsReader {
  #vep: AnnotationFields['vep']
  #hasAnn = false
  readonly #clinvar: Record<string, boolean> = {}

  /** @param text a `##` line */
  read(text: string): void {
    const match = text.startsWith('##INFO=') ? INFO.exec(text) : null
    if (!match) return
    const [, key, number, description] = match as unknown as readonly [string, string, string, string]
    const format = VEP_FORMAT.exec(description)
    if (format && (!this.#vep || key === 'CSQ')) {
      this.#vep = { key, fields: format[1]!.split('|').map((field) => field.trim()) }
    } else if (key === 'ANN') {
      this.#hasAnn = true
    } else if (CLINVAR_KEYS.has(key)) {
      this.#clinvar[key] = number === 'A'
    }
  }

  /** Undefined when the file has none. */
  finish(): AnnotationFields | undefined {
    // Without a classification the other keys may be anybody's.
    const clinvar = this.#clinvar['CLNSIG'] === undefined ? undefined : this.#clinvar
    if (!this.#vep && !this.#hasAnn && !clinvar) return undefined
    return {
      hasAnn: this.#hasAnn,
      ...(this.#vep ? { vep: this.#vep } : {}),
      ...(clinvar ? { clinvar } : {}),
    }
  }
}
