import { randomBytes } from 'node:crypto'
import { type SlicePart } from '../slice.js'
import { KEY_BYTES, seal } from './cipher.js'
import { append, spansLength, toEdits, toWhole, type Span } from './edit-list.js'
import { toHeader } from './header.js'
import { type Crypt4ghFile } from './open-crypt4gh.js'
import { SEALED_SEGMENT_BYTES, SEGMENT_BYTES, toSegments } from './segments.js'

/**
 * What becomes of a segment that is wanted in part. `cut`: its wanted bytes are encrypted anew, so that the reader gets nothing else.
 * `whole`: the stored segment is sent, and the edit list leaves out the rest; the reader's key opens that rest too.
 */
export type Edges = 'cut' | 'whole'

interface Segments {
  /** Whole segments, stored and made. */
  readonly parts: SlicePart[]
  /** Wanted bytes, in the plaintext of these segments. */
  readonly kept: Span[]
  /** Bytes of plaintext in these segments. */
  size: number
}

/**
 * One Crypt4GH file for one reader of parts of a stored one: a new header, then segments of the stored object untouched and, for
 * what was made, segments with a data key of their own. Parts that do not fill their segments are padded, which the edit list leaves
 * out; an edit list of the stored file is taken into account.
 *
 * @param parts `stored`: bytes of the plaintext as `file` shows it
 * @param reader the reader's public key, 32 bytes
 * @returns parts of the stored object
 * @throws FormatError a public key that nothing can be encrypted for; a damaged file
 */
export async function encryptParts(
  file: Crypt4ghFile,
  parts: readonly SlicePart[],
  reader: Buffer,
  edges: Edges = 'cut',
  signal?: AbortSignal,
): Promise<readonly SlicePart[]> {
  const dataKey = randomBytes(KEY_BYTES)
  const segments: Segments = { parts: [], kept: [], size: 0 }
  let made: Buffer[] = []
  for (const piece of toPieces(file, parts, edges)) {
    if (piece.kind === 'made') made.push(piece.bytes)
    else if (piece.kind === 'edge') made.push(await readWhole(file, piece, signal))
    else {
      addMade(segments, Buffer.concat(made), SEGMENT_BYTES, dataKey)
      made = []
      addStored(segments, file, piece)
    }
  }
  addMade(segments, Buffer.concat(made), 1, dataKey)
  const { kept, size } = segments
  const isWhole = spansLength(kept) === size
  const usesStored = segments.parts.some(({ kind }) => kind === 'stored')
  const usesMade = segments.parts.some(({ kind }) => kind === 'made')
  const dataKeys = [...(usesStored ? file.dataKeys : []), ...(usesMade || !usesStored ? [dataKey] : [])]
  const bytes = toHeader(dataKeys, isWhole ? undefined : toEdits(kept), reader)
  return [{ kind: 'made', bytes }, ...segments.parts]
}

/** In order: bytes that were made, bytes of the stored object's segments to be made anew, whole segments and what of them is wanted. */
type Piece =
  | { readonly kind: 'made'; readonly bytes: Buffer }
  | ({ readonly kind: 'edge' } & Span)
  | { readonly kind: 'segments'; readonly segments: Span; readonly kept: Span[] }

function toPieces(file: Crypt4ghFile, parts: readonly SlicePart[], edges: Edges): readonly Piece[] {
  const pieces: Piece[] = []
  let spans: Span[] = []
  const addSpans = () => {
    for (const span of spans) addSpan(pieces, span, file, edges)
    spans = []
  }
  for (const part of parts) {
    if (part.kind === 'stored') for (const span of toWhole(file.kept, part.start, part.end)) append(spans, span)
    else {
      addSpans()
      pieces.push(part)
    }
  }
  addSpans()
  // Only the last segment of a file may be short: a short one with something behind it is made anew.
  return pieces.flatMap((piece, index) =>
    piece.kind === 'segments' && index < pieces.length - 1 ? withoutShort(piece, file) : [piece],
  )
}

function addSpan(pieces: Piece[], span: Span, file: Crypt4ghFile, edges: Edges): void {
  if (edges === 'whole') return addSegments(pieces, toSegments(span), span)
  const inner = {
    start: Math.ceil(span.start / SEGMENT_BYTES),
    end: span.end === file.wholeSize ? Math.ceil(span.end / SEGMENT_BYTES) : Math.floor(span.end / SEGMENT_BYTES),
  }
  if (inner.end <= inner.start) {
    pieces.push({ kind: 'edge', ...span })
    return
  }
  const whole = { start: inner.start * SEGMENT_BYTES, end: Math.min(inner.end * SEGMENT_BYTES, file.wholeSize) }
  if (whole.start > span.start) pieces.push({ kind: 'edge', start: span.start, end: whole.start })
  addSegments(pieces, inner, whole)
  if (whole.end < span.end) pieces.push({ kind: 'edge', start: whole.end, end: span.end })
}

/** Segments that touch or share one with the last ones are sent once, in one range. */
function addSegments(pieces: Piece[], segments: Span, wanted: Span): void {
  const last = pieces.at(-1)
  const follows =
    last?.kind === 'segments' && segments.start >= last.segments.end - 1 && segments.start <= last.segments.end
  if (!follows || last.kept.at(-1)!.end > wanted.start) {
    pieces.push({ kind: 'segments', segments, kept: [wanted] })
    return
  }
  append(last.kept, wanted)
  pieces[pieces.length - 1] = { ...last, segments: { start: last.segments.start, end: segments.end } }
}

function withoutShort(piece: Piece & { readonly kind: 'segments' }, file: Crypt4ghFile): readonly Piece[] {
  const { segments, kept } = piece
  const short = Math.floor(file.wholeSize / SEGMENT_BYTES)
  if (segments.end <= short) return [piece]
  const border = short * SEGMENT_BYTES
  const before = kept.filter(({ start }) => start < border).map((s) => ({ ...s, end: Math.min(s.end, border) }))
  const behind = kept.filter(({ end }) => end > border).map((s) => ({ ...s, start: Math.max(s.start, border) }))
  const edges = behind.map((span): Piece => ({ kind: 'edge', ...span }))
  if (before.length === 0) return edges
  return [{ kind: 'segments', segments: { start: segments.start, end: short }, kept: before }, ...edges]
}

function addStored(segments: Segments, file: Crypt4ghFile, piece: Piece & { readonly kind: 'segments' }): void {
  const { start, end } = piece.segments
  const shift = segments.size - start * SEGMENT_BYTES
  for (const span of piece.kept) append(segments.kept, { start: span.start + shift, end: span.end + shift })
  segments.size += Math.min(end * SEGMENT_BYTES, file.wholeSize) - start * SEGMENT_BYTES
  const to = Math.min(file.headerSize + end * SEALED_SEGMENT_BYTES, file.stored.size)
  segments.parts.push({ kind: 'stored', start: file.headerSize + start * SEALED_SEGMENT_BYTES, end: to })
}

/** Bytes of the plaintext in the segments, all of them kept. */
async function readWhole(file: Crypt4ghFile, { start, end }: Span, signal?: AbortSignal): Promise<Buffer> {
  const before = file.kept.reduce((sum, span) => sum + Math.max(0, Math.min(span.end, start) - span.start), 0)
  return file.read(before, before + end - start, signal)
}

/** @param multiple the plaintext is padded to a multiple of so many bytes */
function addMade(segments: Segments, wanted: Buffer, multiple: number, dataKey: Buffer): void {
  if (wanted.length === 0) return
  const plaintext = Buffer.alloc(Math.ceil(wanted.length / multiple) * multiple)
  wanted.copy(plaintext)
  append(segments.kept, { start: segments.size, end: segments.size + wanted.length })
  segments.size += plaintext.length
  const sealed: Buffer[] = []
  for (let at = 0; at < plaintext.length; at += SEGMENT_BYTES) {
    sealed.push(seal(dataKey, plaintext.subarray(at, at + SEGMENT_BYTES)))
  }
  segments.parts.push({ kind: 'made', bytes: Buffer.concat(sealed) })
}
