import type { Case } from '../suite/case.js'
import type { Client, Endpoint, Exchange } from './client.js'
import type { Decoder } from './decode.js'
import type { PlacedRecord } from './records.js'
import type { KnownFile, KnownRegion } from './truth-file.js'

/** A region whose answer is known, from the truth file or from the whole file. */
export interface AskedRegion extends Omit<KnownRegion, 'records'> {
  readonly count: number
  /** In the order of the file; absent: only their number, and perhaps their hash, is known. */
  readonly records?: readonly PlacedRecord[]
}

/** A file of the service as its first answers show it. */
export interface ServedFile extends KnownFile {
  /** What it is served in; first the format that comes unasked, where one does. */
  readonly formats: readonly string[]
  /** `class=header`, in the first format. */
  readonly header: Exchange
  readonly contigs: readonly string[]
  /** Everything in it; absent: too large, or nothing here reads the format. */
  readonly records?: readonly PlacedRecord[]
  readonly asked: readonly AskedRegion[]
}

/** What the suite learnt of a service before it began to judge. */
export interface World {
  readonly client: Client
  readonly decoder: Decoder
  /** By endpoint; none: the service does not have the endpoint. */
  readonly serviceInfo: ReadonlyMap<Endpoint, Exchange>
  readonly files: readonly ServedFile[]
  /** PEM of a Crypt4GH public key, where the suite was given one. */
  readonly publicKey: string | undefined
}

export type HtsgetCase = Case<World>

/** Files and the formats that each is served in. */
export function filesAndFormats({ files }: World): readonly (readonly [ServedFile, string])[] {
  return files.flatMap((file) => file.formats.map((format) => [file, format] as const))
}
