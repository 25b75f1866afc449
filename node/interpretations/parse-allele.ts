import type { AssemblyId, Contig } from '../../schemas/index.js'
import { FormatError } from '../formats/format-error.js'
import { parseAltKind, parseVcfRecord } from '../formats/vcf/record.js'
import { parseStructuralAlt } from '../formats/vcf/structural-alt.js'
import { findContig, normaliseAllele } from '../ingest/normalise-allele.js'
import type { ReferenceCheck } from '../ingest/reference-check.js'
import { toStructuralVariant } from '../ingest/scan-structural.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { Interpretation } from './interpretation.js'
import type { Column, Row } from './parse-row.js'

export interface AlleleContext {
  readonly manifest: Pick<DatasetManifest, 'assembly' | 'normalisation'>
  readonly check: ReferenceCheck | undefined
}

type Allele = Pick<Interpretation, 'variant' | 'anchor'>
/** Puts a problem on record. */
type Fail = (column: Column, reason: string) => undefined

/** What only structural alleles have. */
const STRUCTURAL_COLUMNS = ['end', 'svlen', 'svtype', 'cn'] as const
/** Copies of a place in a genome; more is a slip of the pen. */
const MOST_COPIES = 9_999

/** As VCF writes it; spelled as the dataset spells it. Undefined when something is wrong, which was told then. */
export function parseAllele(row: Row, { manifest, check }: AlleleContext, fail: Fail): Allele | undefined {
  const [chrom, pos] = [row.get('chrom'), row.get('pos')]
  const [ref, alt] = [row.get('ref')?.toUpperCase(), row.get('alt')?.toUpperCase()]
  if (chrom === undefined || pos === undefined || ref === undefined || alt === undefined) return undefined
  const { assembly } = manifest
  const contig = contigOf(assembly, chrom, fail)
  const structural = isStructuralAlt(alt)
  const misplaced = structural ? undefined : STRUCTURAL_COLUMNS.find((column) => row.has(column))
  if (misplaced) fail(misplaced, 'goes with a structural allele')
  const bases = structural ? /^[ACGTN]+$/ : /^[ACGT]+$/
  const isRef = bases.test(ref)
  if (!isRef) fail('ref', 'must be bases (A, C, G, T)')
  const isAlt = structural || bases.test(alt)
  if (!isAlt) fail('alt', 'must be the bases of one allele (A, C, G, T), or one structural allele as in VCF')
  else if (alt === ref) fail('alt', 'is the same as ref')
  const start = Number(pos) - 1
  if (!/^\d{1,10}$/.test(pos) || start < 0) return fail('pos', `"${pos.slice(0, 40)}" is no position (from 1)`)
  if (!contig || !isRef || !isAlt || alt === ref || misplaced) return undefined
  if (start + ref.length > contig.length) {
    return fail('pos', `lies outside: ${contig.name} of ${assembly} ends at ${contig.length}`)
  }
  try {
    check?.check(contig.number, start, ref)
  } catch (error) {
    return failBy(error, 'ref', fail)
  }
  if (structural) return parseStructural(row, { assembly, contig, ref, alt }, fail)
  try {
    const { variant, anchor } = normaliseAllele({ ...manifest, reference: check?.reference }, contig, start, ref, alt)
    return { variant, anchor }
  } catch (error) {
    return failBy(error, 'ref', fail)
  }
}

function isStructuralAlt(alt: string): boolean {
  try {
    return parseAltKind(alt) === 'structural'
  } catch {
    return false
  }
}

interface Written {
  readonly assembly: AssemblyId
  readonly contig: Contig
  readonly ref: string
  readonly alt: string
}

/** Read as the line of a VCF file that the row stands for, so that it is the allele that ingest makes of such a line. */
function parseStructural(row: Row, { assembly, contig, ref, alt }: Written, fail: Fail): Allele | undefined {
  const info = (['end', 'svlen'] as const).flatMap((column) => {
    const value = row.get(column)
    return value === undefined ? [] : [`${column.toUpperCase()}=${value}`]
  })
  const columns = [contig.name, row.get('pos'), '.', ref, alt, '.', '.', info.join(';') || '.']
  const bytes = Buffer.from(columns.join('\t'))
  const line = { bytes, start: 0, end: bytes.length, number: 1 }
  const copies = row.get('cn')
  try {
    const placed = parseStructuralAlt(line, parseVcfRecord(line, columns.length), 0)
    if (!placed) return fail('end', 'must say where the event ends, or svlen how long it is')
    if (placed.end > contig.length) {
      return fail('end', `lies outside: ${contig.name} of ${assembly} ends at ${contig.length}`)
    }
    const stated = row.get('svtype')?.toUpperCase()
    if (stated !== undefined && stated.split(':')[0] !== placed.type.split(':')[0]) {
      return fail('svtype', `is not the type of alt, ${placed.type}`)
    }
    if (copies === undefined) return { variant: toStructuralVariant(placed, { assembly, contig }), anchor: '' }
    if (placed.type !== 'CNV') return fail('cn', 'goes with <CNV>')
    const copyNumber = Number(copies)
    if (!/^\d+$/.test(copies) || copyNumber > MOST_COPIES) {
      return fail('cn', `"${copies.slice(0, 40)}" is no number of copies`)
    }
    return { variant: toStructuralVariant({ ...placed, copyNumber }, { assembly, contig }), anchor: '' }
  } catch (error) {
    return failBy(error, 'alt', fail)
  }
}

function contigOf(assembly: AssemblyId, chrom: string, fail: Fail): Contig | undefined {
  try {
    const contig = findContig(assembly, chrom, false)
    return typeof contig === 'string' ? fail('chrom', `"${chrom.slice(0, 40)}" is no contig of ${assembly}`) : contig
  } catch (error) {
    return failBy(error, 'chrom', fail)
  }
}

/** @throws whatever is no fault of the file */
function failBy(error: unknown, column: Column, fail: Fail): undefined {
  if (error instanceof FormatError) return fail(column, error.message)
  throw error
}
