import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { IngestError } from './ingest-error.js'

/** @throws IngestError the dataset holds alleles that were counted elsewhere: whether these people are among them is not known */
export function requireGenotypes({ id, content }: DatasetManifest): void {
  if (content !== 'sites') return
  const reason = 'the dataset holds pre-counted alleles (--sites), and genotypes cannot be added to them'
  throw new IngestError(id, undefined, `${reason}; make another dataset`)
}

/** @throws IngestError the dataset holds genotypes */
export function requireSites({ id, content, segments }: DatasetManifest): void {
  if (content === 'sites' || (content === undefined && segments.length === 0)) return
  const reason = 'the dataset holds genotypes, and pre-counted alleles (--sites) cannot be added to them'
  throw new IngestError(id, undefined, `${reason}; make another dataset`)
}
