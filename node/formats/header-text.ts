import { FormatError } from './format-error.js'
import type { SliceFormat } from './slice.js'

/** Where the length of the text stands: behind the magic bytes (SAM specification 4.2; VCF 4.3, 6.3.1). */
const LENGTH_AT = { BAM: 4, BCF: 5 } as const

/** The text of a header as `SliceableFile` gives it. */
export function toHeaderText(format: SliceFormat, header: Buffer): string {
  if (format === 'VCF' || format === 'CRAM') return header.toString('utf8')
  const at = LENGTH_AT[format]
  const from = at + 4
  if (header.length < from || header.length < from + header.readUInt32LE(at)) {
    throw new FormatError(`the header of the ${format} file is damaged`)
  }
  return header.toString('utf8', from, from + header.readUInt32LE(at)).replace(/\0+$/, '')
}

/** The same header with another text. */
export function withHeaderText(format: SliceFormat, header: Buffer, text: string): Buffer {
  if (format === 'VCF' || format === 'CRAM') return Buffer.from(text)
  const at = LENGTH_AT[format]
  // BCF ends its text with a zero byte; BAM need not.
  const bytes = Buffer.from(format === 'BCF' ? `${text}\0` : text)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([header.subarray(0, at), length, bytes, header.subarray(at + 4 + header.readUInt32LE(at))])
}
