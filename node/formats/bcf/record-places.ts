import { FormatError } from '../format-error.js'
import { MOST_RECORD_BYTES, type RecordFormat } from '../slices/record-format.js'
import { FIXED_SITE_BYTES, LENGTHS_BYTES } from './bcf-records.js'

/** Where the fields of a record stand from its first length on (VCF 4.3 section 6.3.1). */
export const CHROM = 8
export const POS = 12
export const LENGTH = 16
export const SAMPLES = 28

/**
 * @param contigs numbers of the contigs
 * @param samples how many the header has
 */
export function createBcfRecordFormat(contigs: ReadonlySet<number>, samples: number): RecordFormat {
  return {
    endOf(bytes, at) {
      if (bytes.length - at < LENGTHS_BYTES + FIXED_SITE_BYTES) return undefined
      const site = bytes.readUInt32LE(at)
      const size = LENGTHS_BYTES + site + bytes.readUInt32LE(at + 4)
      const found = bytes.readUInt32LE(at + SAMPLES) & 0xffffff
      if (site < FIXED_SITE_BYTES || size > MOST_RECORD_BYTES || found !== samples) {
        throw new FormatError(`the BCF data are corrupt: a record claims ${size} bytes and ${found} samples`)
      }
      return at + size > bytes.length ? undefined : at + size
    },
    contigOf(bytes, at) {
      const contig = bytes.readInt32LE(at + CHROM)
      if (!contigs.has(contig)) {
        throw new FormatError(`the BCF data are corrupt: the header has no contig of the number ${contig}`)
      }
      return contig
    },
    startOf: (bytes, at) => bytes.readInt32LE(at + POS),
    stopOf: (bytes, at) => bytes.readInt32LE(at + POS) + Math.max(bytes.readInt32LE(at + LENGTH), 0),
  }
}
