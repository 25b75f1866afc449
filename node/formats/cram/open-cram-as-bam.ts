import { setImmediate as nextTurn } from 'node:timers/promises'
import { createBamEdit } from '../bam/bam-edit.js'
import { toBamHeader } from '../bam/bam-header.js'
import { readSampleNames } from '../bam/sam-header.js'
import { FormatError } from '../format-error.js'
import { type RandomAccess } from '../random-access.js'
import { type SliceableFile } from '../slice.js'
import { type RecordTransform } from '../slices/sliceable-records.js'
import { splitSelection } from '../slices/split-selection.js'
import { toParts, type Piece } from '../slices/to-parts.js'
import { findContainers, findSlices } from './container-index.js'
import { readContainer, walkContainers, type CramContainer } from './containers.js'
import { joinMates } from './mates.js'
import { openContainers, toRegionSet, type OpenCram } from './open-cram.js'
import { type RegionSet } from './region-set.js'
import { openReference, type ReferenceSource } from './reference.js'
import { decodeRecords, RECORDS_A_TURN, type CramRecord } from './slice-records.js'
import { readCompressionHeader, readSlice } from './slices.js'
import { stopOf, toBamRecord } from './to-bam.js'

/**
 * Opens a CRAM file as the BAM file that `samtools view -b` makes of it: exactly the records that are wanted, decoded.
 *
 * @param indexFile its CRAI index, compressed or not; without one it is built when it is first needed
 * @param reference what the file is written over; not needed where the file has its reference in itself
 * @throws FormatError this is no CRAM file, or the index is not its own; slicing: MissingReferenceError
 */
export async function openCramAsBam(
  file: RandomAccess,
  indexFile: RandomAccess | undefined,
  reference: ReferenceSource | undefined,
  signal?: AbortSignal,
): Promise<SliceableFile> {
  const cram = await openContainers(file, indexFile, signal)
  const references = cram.contigs.map(({ name, length }) => {
    if (length === undefined) throw new FormatError(`the header of the CRAM file has no length for ${name}`)
    return { name, length }
  })
  return {
    format: 'BAM',
    header: toBamHeader({ text: cram.header.text, references }),
    contigs: references,
    samples: readSampleNames(cram.lines),
    get bytes() {
      return cram.bytes
    },
    slice(selection, edit, signal) {
      const wanted = selection.kind === 'some' ? toRegionSet(cram, selection) : undefined
      return toParts(toPieces(cram, reference, wanted, createBamEdit(edit), signal))
    },
    split: splitSelection,
  }
}

async function* toPieces(
  cram: OpenCram,
  reference: ReferenceSource | undefined,
  wanted: RegionSet | undefined,
  transform: RecordTransform | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  const readGroups = cram.lines
    .filter(({ type }) => type === 'RG')
    .map(({ fields }) => fields.find(({ tag }) => tag === 'ID')?.value ?? '')
  const { file, contigs } = cram
  const { version } = cram.header
  for await (const { container, slices } of findSlicesToRead(cram, wanted, signal)) {
    const compression = await readCompressionHeader(file, version, container, signal)
    for (const index of slices) {
      const slice = await readSlice(file, version, container, compression, index, signal)
      const records = await decodeRecords(slice, openReference(slice, contigs, reference), contigs.length)
      joinMates(records, slice.header.recordsBefore)
      const answer = wanted ? records.filter((record) => isIn(wanted, record)) : records
      for (let at = 0; at < answer.length; at += RECORDS_A_TURN) {
        await nextTurn()
        const some = answer.slice(at, at + RECORDS_A_TURN).map((record) => toBamRecord(record, readGroups))
        const bytes = Buffer.concat(some)
        yield { kind: 'content', bytes: transform ? transform(bytes) : bytes }
      }
    }
  }
}

function isIn(wanted: RegionSet, record: CramRecord): boolean {
  return wanted.wants(record.reference, record.position - 1, stopOf(record))
}

interface SlicesToRead {
  readonly container: CramContainer
  readonly slices: readonly number[]
}

async function* findSlicesToRead(
  cram: OpenCram,
  wanted: RegionSet | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<SlicesToRead> {
  const { file, header } = cram
  if (!wanted) {
    for await (const container of walkContainers(file, header.version, header.start, header.end, signal)) {
      if (container.records > 0) yield { container, slices: [...container.landmarks.keys()] }
    }
    return
  }
  const index = await cram.index(signal)
  for (const number of findContainers(index, wanted)) {
    const container = await readContainer(file, header.version, index.starts[number]!, signal)
    yield { container, slices: findSlices(index, number, container, wanted) }
  }
}
