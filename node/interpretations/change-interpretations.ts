import { basename } from 'node:path'
import type { AssemblyId } from '../../schemas/index.js'
import { requireManifest } from '../dataset.js'
import { FormatError } from '../formats/format-error.js'
import { IngestError } from '../ingest/ingest-error.js'
import { lockIngest } from '../ingest/ingest-lock.js'
import { openReferenceCheck, type ReferenceCheck } from '../ingest/reference-check.js'
import type { Individuals } from '../metadata/individuals.js'
import { listDatasetIds } from '../variants/dataset-manifest.js'
import type { ReferencePaths } from '../variants/reference.js'
import { toVariantInternalId } from '../variants/variant.js'
import { readInterpretations, writeInterpretations } from './interpretation-file.js'
import { toInterpretationKey, type Interpretation } from './interpretation.js'
import { parseRow, type Problem, type RowContext } from './parse-row.js'
import { readRows, type NumberedRow } from './read-rows.js'

export interface AddOptions {
  readonly nodeDirectory: string
  readonly datasetId: string
  readonly files: readonly string[]
  readonly references: ReferencePaths
  readonly individuals: Pick<Individuals, 'list' | 'findRemoved'>
  readonly now: () => Date
}

export interface AddReport {
  readonly dataset: string
  readonly files: readonly string[]
  /** New ones. */
  readonly added: number
  /** Of one allele, laboratory, condition and person: newer ones that took the place of older ones. */
  readonly replaced: number
  /** Not stored, because a newer one of the same, or the same itself, is there. */
  readonly kept: number
  /** Not stored, because the person was removed from the node. */
  readonly removed: number
  /** In the dataset now. */
  readonly total: number
}

/** Problems shown in words. */
const SHOWN_PROBLEMS = 100

/**
 * Adds what laboratories say of alleles, all or nothing.
 *
 * @throws DatasetError there is no such dataset; IngestError with every line that is wrong, and nothing stored
 */
export async function addInterpretations(options: AddOptions): Promise<AddReport> {
  const { nodeDirectory, datasetId, files, individuals, now } = options
  const unlock = lockIngest(nodeDirectory)
  let check: ReferenceCheck | undefined
  try {
    const manifest = requireManifest(nodeDirectory, datasetId)
    check = openCheck(datasetId, manifest, options.references)
    const numbers = new Map(individuals.list().map(({ name, number }) => [name, number]))
    const today = now().toISOString().slice(0, 10)
    const context = { manifest, check, numberOf: (name: string) => numbers.get(name), today }
    const stored = new Map(
      readInterpretations(nodeDirectory, datasetId).map((each) => [toInterpretationKey(each), each]),
    )
    const report = { added: 0, replaced: 0, kept: 0, removed: 0 }
    const lines: string[] = []
    for (const path of files) {
      for (const numbered of await readRows(path)) {
        const name = numbered.row.get('individual')
        if (name !== undefined && individuals.findRemoved(name) !== undefined) report.removed += 1
        else lines.push(...addRow(numbered, basename(path), context, stored, report))
      }
    }
    if (lines.length > 0) throw toError(datasetId, lines)
    writeInterpretations(nodeDirectory, datasetId, [...stored.values()])
    return { dataset: datasetId, files: files.map((path) => basename(path)), ...report, total: stored.size }
  } finally {
    check?.close()
    unlock()
  }
}

/** @throws IngestError a left-aligned dataset whose reference node.yaml does not name any more, or that cannot be opened */
function openCheck(
  id: string,
  { assembly, normalisation }: RowContext['manifest'],
  references: ReferencePaths,
): ReferenceCheck | undefined {
  if (normalisation === 'left-aligned' && references[assembly] === undefined) {
    throw new IngestError(
      id,
      undefined,
      `the dataset is left-aligned, and node.yaml names no reference for ${assembly}`,
    )
  }
  try {
    return openReferenceCheck(assembly, references)
  } catch (error) {
    if (error instanceof FormatError) throw new IngestError('node.yaml', undefined, error.message)
    throw error
  }
}

/** @returns what is wrong, a line for each fault */
function addRow(
  { line, row, problems }: NumberedRow,
  file: string,
  context: RowContext,
  stored: Map<string, Interpretation>,
  report: { added: number; replaced: number; kept: number; removed: number },
): readonly string[] {
  const say = (found: readonly Problem[]) =>
    found.map(({ column, reason }) => `${file}:${line}: ${column === undefined ? '' : `${column} `}${reason}`)
  if (problems.length > 0) return say(problems)
  const parsed = parseRow(row, context)
  if (!('variant' in parsed)) return say(parsed)
  const key = toInterpretationKey(parsed)
  const known = stored.get(key)
  if (known && known.date === parsed.date && !isSame(known, parsed)) {
    const id = toVariantInternalId(context.manifest.assembly, parsed.variant, parsed.anchor)
    return say([
      { column: 'date', reason: `${parsed.date} is that of another statement of ${id} by the same laboratory` },
    ])
  }
  if (known && known.date >= parsed.date) report.kept += 1
  else {
    stored.set(key, parsed)
    if (known) report.replaced += 1
    else report.added += 1
  }
  return []
}

/** Two statements of one day: which of them holds is not known, unless they say the same. */
function isSame(a: Interpretation, b: Interpretation): boolean {
  return a.relevance === b.relevance && a.causative === b.causative
}

function toError(datasetId: string, lines: readonly string[]): IngestError {
  const more = lines.length > SHOWN_PROBLEMS ? [`and ${lines.length - SHOWN_PROBLEMS} more`] : []
  const shown = [...lines.slice(0, SHOWN_PROBLEMS), ...more].join('\n  ')
  return new IngestError(datasetId, undefined, `nothing was stored, because of:\n  ${shown}`)
}

/** Which interpretations are meant; each further condition narrows. */
export interface Selection {
  readonly laboratory?: string
  /** A variantInternalId of the dataset, without its assembly: `17-43045712-T-C`. */
  readonly variant?: string
}

export function selectInterpretations(
  interpretations: readonly Interpretation[],
  assembly: AssemblyId,
  { laboratory, variant }: Selection,
): readonly Interpretation[] {
  return interpretations.filter((each) => {
    if (laboratory !== undefined && each.laboratory !== laboratory) return false
    return (
      variant === undefined || toVariantInternalId(assembly, each.variant, each.anchor) === `${assembly}-${variant}`
    )
  })
}

/** @returns how many were removed. @throws DatasetError there is no such dataset */
export function removeInterpretations(nodeDirectory: string, datasetId: string, selection: Selection): number {
  const unlock = lockIngest(nodeDirectory)
  try {
    const { assembly } = requireManifest(nodeDirectory, datasetId)
    const all = readInterpretations(nodeDirectory, datasetId)
    const chosen = new Set(selectInterpretations(all, assembly, selection))
    return removeAll(nodeDirectory, datasetId, all, (each) => chosen.has(each))
  } finally {
    unlock()
  }
}

/**
 * Removes what was said of one person's alleles, in every dataset. The caller holds the node's ingest lock.
 *
 * @param individual node-wide number
 * @returns how many were removed
 */
export function removeInterpretationsOf(nodeDirectory: string, individual: number): number {
  const removed = listDatasetIds(nodeDirectory).map((id) =>
    removeAll(nodeDirectory, id, readInterpretations(nodeDirectory, id), (each) => each.individual === individual),
  )
  return removed.reduce((sum, part) => sum + part, 0)
}

function removeAll(
  nodeDirectory: string,
  datasetId: string,
  all: readonly Interpretation[],
  isMeant: (each: Interpretation) => boolean,
): number {
  const left = all.filter((each) => !isMeant(each))
  if (left.length < all.length) writeInterpretations(nodeDirectory, datasetId, left)
  return all.length - left.length
}
