import { CONTIGS, matchContig, type AssemblyId, type Handover } from '../../schemas/index.js'
import type { Places } from '../access/applicable-grants.js'
import { createFileDecider, type FileAsker, type FileDecider, type FilePolicy } from '../access/authorise-file.js'
import type { FileGrant } from '../access/file-grant.js'
import type { SliceableFile, SliceFormat } from '../formats/slice.js'
import type { Release } from '../privacy/disclose.js'
import { isReleasable } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'
import { tellsOf } from '../privacy/hidden-names.js'
import { variantEnd, type Variant } from '../variants/variant.js'
import type { Place, VariantQuery } from '../variants/variant-query.js'
import type { BeaconData } from './context.js'

/** A file as far as an answer speaks of it. */
export interface OfferedFile extends FilePolicy {
  readonly format: SliceFormat
}

/** The files of datasets that are served by htsget. */
export interface DatasetFiles {
  /** Costs nothing where there are none: every answer of a hit asks. */
  ofDataset(datasetId: string): readonly OfferedFile[]
  /** @throws Error it cannot be opened */
  open(file: OfferedFile): Promise<{ readonly file: SliceableFile }>
}

export const NO_FILES: DatasetFiles = {
  ofDataset: () => [],
  open: () => Promise.reject(new TypeError('there are no files')),
}

/** A list of every genome of a large dataset is of no use in an answer. */
const MOST_FILES = 20
/** An answer does not wait for a file whose header is not known yet; the next one finds it. */
const LONGEST_WAIT_MS = 200

/** Formats of EDAM, by number alone as Beacon writes them. Checked against the stable release of EDAM. */
const TYPES: Readonly<Record<SliceFormat, Handover['handoverType']>> = {
  BAM: { id: 'EDAM:2572', label: 'BAM' },
  CRAM: { id: 'EDAM:3462', label: 'CRAM' },
  VCF: { id: 'EDAM:3016', label: 'VCF' },
  BCF: { id: 'EDAM:3020', label: 'BCF' },
}

export interface Offer extends FileAsker {
  /** URL of the htsget API, without a slash at the end. */
  readonly htsgetUrl: string
  readonly assembly: AssemblyId
}

type Sources = Pick<BeaconData, 'files' | 'individuals'>

/**
 * Where the caller may have the records of what was found, from files of the datasets, by dataset. Which files does not depend
 * on who has what was asked for.
 */
export async function offerFiles(
  { datasets }: Disclosed<Release>,
  query: VariantQuery,
  data: Sources,
  offer: Offer,
): Promise<ReadonlyMap<string, readonly Handover[]>> {
  let decider: FileDecider | undefined
  const offered = datasets
    .filter(({ exists }) => exists)
    .map(async ({ dataset, records }) => {
      const files = data.files.ofDataset(dataset.id)
      const variants = records.map(({ variant }) => variant)
      const place = files.length > 0 ? placeOf(query, variants) : undefined
      if (!place) return [dataset.id, []] as const
      decider ??= createFileDecider(offer)
      const granted = firstGranted(files, decider, toPlaces(place, offer.assembly))
      return [dataset.id, await toHandovers(granted, place, data, offer)] as const
    })
  return new Map(await Promise.all(offered))
}

interface GrantedFile {
  readonly file: OfferedFile
  readonly grant: FileGrant
}

/** Of many files no more are decided about than are offered. */
function firstGranted(files: readonly OfferedFile[], decide: FileDecider, places: Places): readonly GrantedFile[] {
  const granted: GrantedFile[] = []
  for (const file of files) {
    if (granted.length === MOST_FILES) break
    const decision = decide(file)
    const grant = decision.kind === 'granted' ? decision.grants.find((one) => one.serves(places)) : undefined
    if (grant) granted.push({ file, grant })
  }
  return granted
}

/** @param place a stretch that is served to its contig's end ends there */
function toPlaces({ contig, start, end }: Place, assembly: AssemblyId): Places {
  return [{ assembly, contig, start, end: Math.min(end, CONTIGS[assembly][contig - 1]?.length ?? end) }]
}

async function toHandovers(
  granted: readonly GrantedFile[],
  place: Place,
  { files, individuals }: Sources,
  offer: Offer,
): Promise<readonly Handover[]> {
  const offered = await Promise.all(
    granted.map(async ({ file, grant }) => {
      const opened = await withinTime(files.open(file), LONGEST_WAIT_MS)
      if (!opened || !isReleasable(grant, opened.file)) return []
      // An id that is called like somebody would tell who is in the dataset.
      const names = [...individuals.byNumber([...grant.people.values()]).values()].map(({ name }) => name)
      if (!grant.keepsIdentifiers && tellsOf(file.id, [...opened.file.samples, ...names])) return []
      // Containers of CRAM hold more than the regions of a grant.
      const format = file.format === 'CRAM' && grant.isOfRegions ? 'BAM' : file.format
      const query = { format, ...(grant.readers ? { encryptionScheme: 'crypt4gh' } : {}) }
      const url = toUrl(file, opened.file, place, query, offer)
      return url === undefined ? [] : [{ handoverType: TYPES[format], url }]
    }),
  )
  return offered.flat()
}

/** @returns undefined: the file has nothing of the contig, or cannot be had now */
function toUrl(
  { id, kind }: OfferedFile,
  { contigs }: SliceableFile,
  place: Place,
  { format, ...rest }: Readonly<Record<'format', SliceFormat>>,
  { assembly, htsgetUrl }: Offer,
): string | undefined {
  const name = contigs.find((contig) => {
    const match = matchContig(assembly, contig.name)
    return match.kind === 'contig' && match.contig.number === place.contig
  })?.name
  if (name === undefined) return undefined
  const length = CONTIGS[assembly][place.contig - 1]?.length ?? place.end
  const query = new URLSearchParams({
    format,
    referenceName: name,
    start: String(place.start),
    end: String(Math.min(place.end, length)),
    ...rest,
  })
  return `${htsgetUrl}/${kind}/${id.split('/').map(encodeURIComponent).join('/')}?${query}`
}

async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), milliseconds)))
  try {
    return await Promise.race([work.catch(() => undefined), timeout])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The stretch of a contig that a question is about, or that the records of its answer cover.
 *
 * @returns undefined: it is about several contigs, or about no place
 */
export function placeOf(query: VariantQuery, found: readonly Variant[]): Place | undefined {
  switch (query.kind) {
    case 'allele':
      return { ...query, end: query.start + Math.max(1, query.referenceBases.length) }
    case 'pattern':
      return { ...query, end: query.start + Math.max(1, (query.referenceBases ?? query.alternateBases).length) }
    case 'range':
    case 'structural':
      return query
    case 'bracket':
      return { contig: query.contig, start: query.start[0], end: query.end[1] }
    case 'places':
      return around(query.places)
    case 'hashed-id':
    case 'alleles':
    case 'annotation':
    case 'all':
      return around(found.map((variant) => ({ ...variant, end: Math.max(variant.start + 1, variantEnd(variant)) })))
  }
}

function around(places: readonly Place[]): Place | undefined {
  const [first] = places
  if (!first || places.some(({ contig }) => contig !== first.contig)) return undefined
  return {
    contig: first.contig,
    start: Math.min(...places.map(({ start }) => start)),
    end: Math.max(...places.map(({ end }) => end)),
  }
}
