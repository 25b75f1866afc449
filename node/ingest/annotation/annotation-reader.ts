import type { AssemblyId } from '../../../schemas/assembly.js'
import type { AnnotationFields } from '../../formats/vcf/annotation-fields.js'
import type { TextLine } from '../../formats/vcf/lines.js'
import type { VcfRecord } from '../../formats/vcf/record.js'
import { isReferenceAlt } from '../../formats/vcf/structural-alt.js'
import { toAnnotation, toTerm, type Coverage } from '../../variants/annotation.js'
import type { ScanCounts } from '../scan-counts.js'
import { readInfoValues } from './info-values.js'
import { readAnn } from './read-ann.js'
import { addClinVar } from './read-clinvar.js'
import { createVepReader, type ReadVep } from './read-vep.js'

/** ALTs that no annotation is about. */
function isAllele(alt: string): boolean {
  return alt !== '*' && !isReferenceAlt(alt)
}

/** Reads what the records of a file say of their alleles beside who has them. */
export class AnnotationReader {
  readonly #fields: AnnotationFields | undefined
  readonly #assembly: AssemblyId
  readonly #counts: Pick<ScanCounts, 'unassignedAnnotations'>
  readonly #keys: ReadonlySet<string>
  readonly #readVep: ReadVep | undefined

  constructor(
    fields: AnnotationFields | undefined,
    assembly: AssemblyId,
    counts: Pick<ScanCounts, 'unassignedAnnotations'>,
  ) {
    this.#fields = fields
    this.#assembly = assembly
    this.#counts = counts
    this.#readVep = fields?.vep && createVepReader(fields.vep.fields, assembly)
    this.#keys = new Set([
      ...(fields?.vep ? [fields.vep.key] : []),
      ...(fields?.hasAnn ? ['ANN'] : []),
      ...Object.keys(fields?.clinvar ?? {}),
    ])
  }

  /** The annotation of each ALT, empty for those without; undefined when the record has none, which costs nothing. */
  read(line: TextLine, record: VcfRecord): readonly string[] | undefined {
    if (record.id === '' && !this.#fields) return undefined
    const terms = record.alts.map(() => new Set<string>())
    const values = this.#fields ? readInfoValues(line, record, this.#keys) : new Map<string, string>()
    const { ref, alts } = record
    const vep = this.#fields?.vep && values.get(this.#fields.vep.key)
    if (vep !== undefined && this.#readVep) this.#count(this.#readVep(vep, ref, alts, terms))
    const ann = this.#fields?.hasAnn ? values.get('ANN') : undefined
    if (ann !== undefined) this.#count(readAnn(ann, ref, alts, terms, this.#assembly))
    const hasClinVar = this.#readClinVar(record, values, terms)
    this.#readId(record, hasClinVar, terms)
    return terms.map(toAnnotation)
  }

  #count(unassigned: number): void {
    this.#counts.unassignedAnnotations += unassigned
  }

  /** ClinVar has one ALT a record. Of several it is only known which is meant where the header says one value for each. */
  #readClinVar(
    { alts }: VcfRecord,
    values: ReadonlyMap<string, string>,
    terms: readonly Set<string>[],
  ): 'sole' | 'each' | undefined {
    const { clinvar } = this.#fields ?? {}
    if (!clinvar || !(values.has('CLNSIG') || values.has('ALLELEID'))) return undefined
    const alleles = alts.flatMap((alt, index) => (isAllele(alt) ? [index] : []))
    let isUnassigned = false
    for (const index of alleles) {
      const valueOf = (key: string): string | undefined => {
        const value = values.get(key)
        const each = clinvar[key] ? value?.split(',') : undefined
        if (each?.length === alts.length) return each[index] === '.' ? undefined : each[index]
        if (alleles.length === 1) return value
        isUnassigned ||= value !== undefined
        return undefined
      }
      const read = {
        significance: valueOf('CLNSIG'),
        conditions: valueOf('CLNDN'),
        databases: valueOf('CLNDISDB'),
        hgvs: valueOf('CLNHGVS'),
        alleleId: valueOf('ALLELEID'),
        dbSnp: valueOf('RS'),
      }
      addClinVar(terms[index]!, read, this.#assembly)
    }
    if (isUnassigned) this.#count(1)
    return alleles.length === 1 ? 'sole' : 'each'
  }

  /** dbSNP's ids are of a place, and so of each of its alleles; a bare number is ClinVar's variation id where the record is ClinVar's. */
  #readId({ id, alts }: VcfRecord, clinvar: 'sole' | 'each' | undefined, terms: readonly Set<string>[]): void {
    if (id === '') return
    for (const part of id.split(';')) {
      const isClinVar = clinvar === 'sole' && /^\d+$/.test(part)
      if (!isClinVar && !/^rs\d+$/.test(part)) continue
      const term = isClinVar ? toTerm('clinvar', part) : toTerm('dbSnp', part)
      for (const [index, alt] of alts.entries()) if (isAllele(alt)) terms[index]!.add(term)
    }
  }
}

/** What every allele of a file can be asked for by its annotation. */
export function coverageOf(fields: AnnotationFields | undefined): readonly Coverage[] {
  if (!fields) return []
  const { vep, hasAnn } = fields
  const has = (field: string) => vep?.fields.includes(field) ?? false
  const genes = hasAnn || has('SYMBOL') || has('Gene') || has('HGNC_ID')
  const aminoacids = hasAnn || has('HGVSp') || (has('Amino_acids') && has('Protein_position'))
  return [...(genes ? (['genes'] as const) : []), ...(aminoacids ? (['aminoacids'] as const) : [])]
}
