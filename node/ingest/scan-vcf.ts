import type { Bitmap } from '../variants/bitmap.js'
import type { SegmentWriter } from '../variants/sqlite/segment-writer.js'
import type { Columns } from './classify-calls.js'
import type { StoredAlleles } from './ingest-report.js'
import type { ScanCounts } from './scan-counts.js'
import { RecordScanner, type ScanPolicy } from './scan-record.js'
import { readLines, type VcfFile } from './vcf-file.js'

const RECORDS_PER_PROGRESS = 256
const HASH = 0x23

/**
 * Reads one file's records into a segment.
 *
 * @param covered the file's people, where the segment has others
 * @returns what this file's records were
 * @throws IngestError with file, line and reason
 */
export async function scanVcf(
  file: VcfFile,
  columns: Columns,
  covered: Bitmap | undefined,
  policy: ScanPolicy,
  writer: SegmentWriter,
  stored: StoredAlleles,
  onRead: (bytes: number, records: number) => void,
): Promise<ScanCounts> {
  const coverage = covered ? { covered } : {}
  const scanner = new RecordScanner(file, columns, policy, {
    allele(allele) {
      if (writer.add({ ...allele, ...coverage })) stored.alleles += 1
      else stored.duplicateAlleles += 1
    },
    block: (block) => writer.addBlock({ ...block, ...coverage }),
  })
  try {
    let inHeader = true
    await readLines(file.path, (line, position) => {
      inHeader &&= line.bytes[line.start] === HASH
      if (inHeader || line.end === line.start) return true
      scanner.scan(line)
      const { records } = scanner.counts
      if (records % RECORDS_PER_PROGRESS === 0) onRead(position, records)
      return true
    })
    return scanner.counts
  } finally {
    scanner.close()
  }
}
