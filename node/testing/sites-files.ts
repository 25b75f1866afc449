import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ingestSites, type SitesReport } from '../ingest/ingest-sites.js'
import type { NodeFixture } from './node-fixture.js'

const declare = (id: string, number: string) => `##INFO=<ID=${id},Number=${number},Type=Integer,Description="x">`

/** Header lines of files that count alleles, of their zygosities, and of files that count cases. */
export const AC = [declare('AC', 'A'), declare('AN', '1')]
export const ZYGOSITIES = ['AC_Het', 'AC_Hom', 'AC_Hemi'].map((id) => declare(id, 'A'))
export const OBS = ['Obs', 'Hom', 'Hem'].map((id) => declare(id, '1'))

/** A sites-only VCF text; data lines have their columns joined by blanks. */
export function toSites(meta: readonly string[], lines: readonly string[]): string {
  const columns = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO'].join('\t')
  return ['##fileformat=VCFv4.3', ...meta, columns, ...lines.map((line) => line.split(/ +/).join('\t')), ''].join('\n')
}

let files = 0

/** Writes the texts as files and ingests them as sites. */
export function ingestSitesTexts(
  { directory }: Pick<NodeFixture, 'directory'>,
  texts: readonly string[],
  datasetId = 'sites',
): Promise<SitesReport> {
  const paths = texts.map((text) => {
    const path = join(directory, `sites-${++files}.vcf`)
    writeFileSync(path, text)
    return path
  })
  return ingestSites({ nodeDirectory: directory, datasetId, files: paths, now: () => new Date(), graceMs: 0 })
}
