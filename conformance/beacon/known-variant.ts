import { assemblyOfAccession } from '../../schemas/index.js'
import type { GVariant } from './client.js'
import { at, isObject, listAt, textAt } from './json.js'

/** A variant that the suite asks for in every way that its facts allow. Coordinates 0-based, half-open. */
export interface KnownVariant {
  /** Absent for one of a truth file without an id: then only `exists` and counts are judged. */
  readonly id?: string
  readonly assemblyId?: string
  readonly referenceName: string
  readonly start: number
  readonly end: number
  readonly referenceBases?: string
  readonly alternateBases?: string
  readonly variantType?: string
  readonly geneId?: string
  readonly aminoacidChange?: string
  readonly genomicAlleleShortForm?: string
  /** False: the beacon must not have it. */
  readonly exists: boolean
  /** Known from the beacon's test data, so it is asked for in testMode. */
  readonly testMode: boolean
}

const HGVS_SUBSTITUTION = /^([\w.]+):g\.(\d+)([ACGT])>([ACGT])$/

interface Place {
  readonly referenceName: string
  readonly start: number
  readonly end: number
}

function placeOf(location: unknown, hgvs: string | undefined): Place | undefined {
  const sequence = textAt(location, 'sequence_id')
  const interval = at(location, 'interval')
  const coordinate = (key: string) => {
    const position = at(interval, key)
    const value = typeof position === 'number' ? position : at(position, 'value')
    return typeof value === 'number' && Number.isInteger(value) ? value : undefined
  }
  const [start, end] = [coordinate('start'), coordinate('end')]
  const named = /^(refseq:)?(NC_\d+\.\d+)$/i.exec(sequence ?? '')
  const match = HGVS_SUBSTITUTION.exec(hgvs ?? '')
  const accession = named?.[2] ?? match?.[1]
  if (accession === undefined) return undefined
  const referenceName = /^NC_/.test(accession) ? `refseq:${accession}` : accession
  if (start !== undefined && end !== undefined) return { referenceName, start, end }
  return match ? { referenceName, start: Number(match[2]) - 1, end: Number(match[2]) } : undefined
}

function firstText(value: unknown, ...path: string[]): string | undefined {
  return listAt(value, ...path).find((item) => typeof item === 'string')
}

/** The facts of a variant record that queries can be made of; undefined when it has no place that can be asked for. */
export function toKnownVariant(record: unknown, testMode: boolean): KnownVariant | undefined {
  const variation = at(record, 'variation')
  const id = textAt(record, 'variantInternalId')
  if (!isObject(variation) || id === undefined) return undefined
  const hgvs = textAt(record, 'identifiers', 'genomicHGVSId')
  const location = at(variation, 'location') ?? at(variation, 'subject')
  const place = placeOf(location, hgvs)
  if (!place) return undefined
  const isVrs = typeof variation['type'] === 'string'
  const isLiteral = textAt(variation, 'state', 'type') === 'LiteralSequenceExpression'
  const optional: Partial<Record<keyof KnownVariant, string | undefined>> = {
    assemblyId: assemblyOfAccession(place.referenceName),
    referenceBases: isVrs ? undefined : textAt(variation, 'referenceBases'),
    alternateBases: isVrs && isLiteral ? textAt(variation, 'state', 'sequence') : textAt(variation, 'alternateBases'),
    variantType: isVrs ? undefined : textAt(variation, 'variantType'),
    geneId: firstText(record, 'molecularAttributes', 'geneIds'),
    aminoacidChange: firstText(record, 'molecularAttributes', 'aminoacidChanges'),
    genomicAlleleShortForm:
      hgvs ??
      firstText(record, 'identifiers', 'transcriptHGVSIds') ??
      firstText(record, 'identifiers', 'proteinHGVSIds'),
  }
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  return { id, ...place, exists: true, testMode, ...known }
}

/** A sequence allele, not a structural one: it can be asked for by its bases. */
export function hasBases({ referenceBases = '', alternateBases = '' }: KnownVariant): boolean {
  return referenceBases !== '' || alternateBases !== ''
}

export function contigOf({ assemblyId, referenceName }: KnownVariant): GVariant {
  return { ...(assemblyId === undefined ? {} : { assemblyId }), referenceName }
}

export function sequenceQuery(variant: KnownVariant): GVariant {
  const { start, referenceBases, alternateBases } = variant
  return {
    ...contigOf(variant),
    start: [start],
    ...(referenceBases === undefined ? {} : { referenceBases }),
    ...(alternateBases === undefined ? {} : { alternateBases }),
  }
}

/** @param variant an insertion has no length: the base after it is taken */
export function rangeQuery(variant: KnownVariant): GVariant {
  return { ...contigOf(variant), start: [variant.start], end: [Math.max(variant.end, variant.start + 1)] }
}

export function bracketQuery(variant: KnownVariant): GVariant {
  const { start, end } = variant
  return { ...contigOf(variant), start: [start, start + 1], end: [Math.max(1, end), Math.max(1, end) + 1] }
}
