import { ENDPOINTS, type Client, type Endpoint, type Exchange, type Region } from './client.js'
import type { Decoder } from './decode.js'
import { overlaps, type DecodedFile, type PlacedRecord } from './records.js'
import { readError } from './ticket.js'
import type { KnownFile, Truth } from './truth-file.js'
import type { AskedRegion, ServedFile, World } from './world.js'

/** What was asked is no htsget service, or does not have what it should be judged by. */
export class NoServiceError extends Error {
  override readonly name = 'NoServiceError'
}

const FORMATS: Readonly<Record<Endpoint, readonly string[]>> = {
  reads: ['BAM', 'CRAM'],
  variants: ['VCF', 'BCF', 'VCFTEXT'],
}

/** Windows around records that are spread over the file. */
const WINDOWS = [1, 1_000, 20_000]
const PROBES = 4

/** Regions of a file of which everything is known: small and large ones, whole contigs, and an empty one. */
export function chooseRegions(records: readonly PlacedRecord[], contigs: readonly string[]): readonly AskedRegion[] {
  const placed = records.filter(({ referenceName }) => contigs.includes(referenceName))
  const step = Math.max(1, Math.floor(placed.length / PROBES))
  const probes = placed.filter((_, index) => index % step === 0)
  const windows = probes.flatMap(({ referenceName, start }, index) => {
    const size = WINDOWS[index % WINDOWS.length]!
    const from = Math.max(0, start - Math.floor(size / 2))
    return [
      { referenceName, start: from, end: from + size },
      { referenceName, start, end: start + 1 },
    ]
  })
  const [first] = placed
  const wide = first
    ? [
        { referenceName: first.referenceName },
        { referenceName: first.referenceName, start: first.end + 1_000 },
        { referenceName: first.referenceName, end: first.start },
      ].filter(({ end }) => end !== 0)
    : []
  const bare = contigs.find((name) => !placed.some(({ referenceName }) => referenceName === name))
  const empty = bare === undefined ? [] : [{ referenceName: bare }]
  const regions: readonly Region[] = [...windows, ...wide, ...empty]
  return regions.map((region) => {
    const found = placed.filter((record) => overlaps(record, region.referenceName, region.start, region.end))
    return { ...region, records: found, count: found.length }
  })
}

function formatsOf({ endpoint, formats }: KnownFile, info: Exchange | undefined, unasked: string): readonly string[] {
  const told = (info?.body as { htsget?: { formats?: unknown } } | undefined)?.htsget?.formats
  const wanted = formats ?? (Array.isArray(told) ? told.map(String) : FORMATS[endpoint])
  return [unasked, ...wanted.filter((format) => format !== unasked)]
}

/** A file need not be had in the format that is meant without `format`. */
async function openHeader({ endpoint, id, formats = FORMATS[endpoint] }: KnownFile, client: Client): Promise<Exchange> {
  const unasked = await client.get(endpoint, id, [['class', 'header']])
  if (unasked.ticket || readError(unasked.body)?.error !== 'UnsupportedFormat') return unasked
  for (const format of formats) {
    const header = await client.get(endpoint, id, [
      ['format', format],
      ['class', 'header'],
    ])
    if (header.ticket) return header
  }
  return unasked
}

/** @throws NoServiceError the file is not served */
async function openFile(
  known: KnownFile,
  client: Client,
  decoder: Decoder,
  info: Exchange | undefined,
): Promise<ServedFile> {
  const { endpoint, id } = known
  const header = await openHeader(known, client)
  const unasked = header.ticket?.format
  if (!header.ticket || unasked === undefined) {
    const reason = header.failure ?? readError(header.body)?.error ?? `status ${header.status} without a ticket`
    throw new NoServiceError(`${client.base}: ${header.where} gives no ticket (${reason})`)
  }
  const named = (known.regions ?? []).map(({ records, ...region }): AskedRegion => ({ ...region, count: records }))
  const whole = await readWhole(client, decoder, endpoint, id, unasked)
  const candidates = formatsOf(known, info, unasked)
  const formats: string[] = []
  for (const format of candidates) {
    // A file need not be had in every format of the service.
    const { ticket } = await client.get(endpoint, id, [
      ['format', format],
      ['class', 'header'],
    ])
    if (ticket || known.formats?.includes(format)) formats.push(format)
  }
  const contigs = whole?.contigs ?? [...new Set(named.map(({ referenceName }) => referenceName))]
  return {
    ...known,
    formats,
    header,
    contigs,
    ...(whole ? { records: whole.records } : {}),
    asked: [...named, ...(whole ? chooseRegions(whole.records, whole.contigs) : [])],
  }
}

/** Everything in a file, where it can be had and read; the cases say why not. */
async function readWhole(
  client: Client,
  decoder: Decoder,
  endpoint: Endpoint,
  id: string,
  format: string,
): Promise<DecodedFile | undefined> {
  const { ticket } = await client.get(endpoint, id, [['format', format]])
  if (!ticket) return undefined
  try {
    return await decoder.decode(format, await client.fetchAll(ticket))
  } catch {
    return undefined
  }
}

/** Learns what the cases ask next. @throws NoServiceError */
export async function calibrate(
  client: Client,
  decoder: Decoder,
  { files }: Truth,
  publicKey: string | undefined,
): Promise<World> {
  const serviceInfo = new Map<Endpoint, Exchange>()
  const endpoints = ENDPOINTS.filter((endpoint) => files.some((file) => file.endpoint === endpoint))
  for (const endpoint of endpoints) {
    const path = `/${endpoint}/service-info`
    const exchange = await client.send({ method: 'GET', path }, 'service-info')
    if (exchange.failure !== undefined) {
      throw new NoServiceError(`${client.base} cannot be reached: ${exchange.failure}`)
    }
    serviceInfo.set(endpoint, exchange)
  }
  const served: ServedFile[] = []
  for (const known of files) served.push(await openFile(known, client, decoder, serviceInfo.get(known.endpoint)))
  return { client, decoder, serviceInfo, files: served, publicKey }
}
