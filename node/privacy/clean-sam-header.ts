import { formatSamHeader, parseSamHeader, type SamHeaderField, type SamHeaderLine } from '../formats/bam/sam-header.js'
import { tellsOf, type OutgoingNames } from './hidden-names.js'

/**
 * Fields of header lines that leave as they are (SAM specification, 1.3). Not among them: file paths (`UR`), command lines
 * (`CL`), free text (`DS`, `CO`), and what laboratories build of names and dates (`LB`, `PU`, `BC`, `DT`).
 */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  HD: ['VN', 'SO', 'GO', 'SS'],
  SQ: ['SN', 'LN', 'AH', 'AN', 'AS', 'M5', 'SP', 'TP'],
  RG: ['PL', 'PM', 'PI', 'FO', 'KS'],
  PG: ['PN', 'VN'],
}

export interface CleanSamHeader {
  readonly text: string
  /** Read groups whose ids told of somebody: by the old id, the new one. Records name them by the old. */
  readonly readGroups: ReadonlyMap<string, string>
}

function valueOf({ fields }: SamHeaderLine, tag: string): string | undefined {
  return fields.find((field) => field.tag === tag)?.value
}

function toFields(values: readonly (readonly [string, string | undefined])[]): readonly SamHeaderField[] {
  return values.flatMap(([tag, value]) => (value === undefined ? [] : [{ tag, value }]))
}

/** A header of reads as it may leave: an allow-list, with the people called as they are called outside. */
export function cleanSamHeader(text: string, names: OutgoingNames): CleanSamHeader {
  const lines = parseSamHeader(text)
  const readGroups = renameReadGroups(lines, names)
  const programs = new Set(
    lines.flatMap((line) => (line.type === 'PG' && !isTelling(line, names) ? (valueOf(line, 'ID') ?? []) : [])),
  )
  const libraries = new Map<string, string>()
  const kept = lines.flatMap((line): readonly SamHeaderLine[] => {
    const { type } = line
    const fields = line.fields.filter(({ tag }) => KEPT[type]?.includes(tag))
    switch (type) {
      case 'HD':
      case 'SQ':
        return [{ type, fields }]
      case 'RG': {
        const identity = identifyGroup(line, names, readGroups, libraries)
        return [{ type, fields: [...identity, ...withoutNames(fields, names)] }]
      }
      case 'PG': {
        const id = valueOf(line, 'ID')
        const previous = valueOf(line, 'PP')
        if (id === undefined || !programs.has(id)) return []
        const chain = previous !== undefined && programs.has(previous) ? previous : undefined
        return [{ type, fields: [...toFields([['ID', id]]), ...fields, ...toFields([['PP', chain]])] }]
      }
      default:
        return []
    }
  })
  return { text: formatSamHeader(kept), readGroups }
}

function withoutNames(fields: readonly SamHeaderField[], { hidden }: OutgoingNames): readonly SamHeaderField[] {
  return fields.filter(({ value }) => !tellsOf(value, hidden))
}

function isTelling(line: SamHeaderLine, { hidden }: OutgoingNames): boolean {
  return ['ID', 'PN', 'VN'].some((tag) => tellsOf(valueOf(line, tag) ?? '', hidden))
}

/** Libraries keep being told apart, because marking of duplicates goes by them. */
function identifyGroup(
  line: SamHeaderLine,
  { bySample }: OutgoingNames,
  readGroups: ReadonlyMap<string, string>,
  libraries: Map<string, string>,
): readonly SamHeaderField[] {
  const [id = '', sample, library] = ['ID', 'SM', 'LB'].map((tag) => valueOf(line, tag))
  if (library !== undefined && !libraries.has(library)) libraries.set(library, `library-${libraries.size + 1}`)
  const outgoing = sample === undefined ? undefined : bySample.get(sample)
  return toFields([
    ['ID', readGroups.get(id) ?? id],
    ['SM', outgoing],
    ['LB', library === undefined ? undefined : libraries.get(library)],
  ])
}

/** Ids are kept where they tell of nobody, because every record repeats them. */
function renameReadGroups(lines: readonly SamHeaderLine[], { hidden }: OutgoingNames): ReadonlyMap<string, string> {
  const groups = lines.filter(({ type }) => type === 'RG')
  const ids = groups.flatMap((line) => valueOf(line, 'ID') ?? [])
  // What else a laboratory calls the person by.
  const own = groups.flatMap((line) => ['SM', 'LB', 'DS'].flatMap((tag) => valueOf(line, tag) ?? []))
  const telling = ids.filter((id) => tellsOf(id, [...hidden, ...own]))
  const taken = new Set(ids)
  let number = 0
  return new Map(
    telling.map((id) => {
      do number++
      while (taken.has(`rg${number}`))
      return [id, `rg${number}`] as const
    }),
  )
}
