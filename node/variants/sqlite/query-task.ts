import type { AssemblyId } from '../../../schemas/index.js'
import { Bitmap, EMPTY, fromBytes, toBytes } from '../bitmap.js'
import type { Calls } from '../calls.js'
import type { AnnotationCoverage, Page } from '../variant-store.js'
import type { SeveralQuery } from '../variant-query.js'
import type { Variant } from '../variant.js'
import type { VisibleSet } from '../visible-set.js'
import type { SeveralAnswer } from './answer-several.js'
import type { AskedDataset } from './asked-dataset.js'

/** A question about several alleles as plain data, for a query thread. */
export interface QueryTask {
  readonly datasets: readonly {
    readonly assembly: AssemblyId
    readonly paths: readonly string[]
    /** Undefined: everybody. */
    readonly visible: { readonly people: Uint8Array; readonly version: string } | undefined
  }[]
  readonly query: SeveralQuery
  readonly page: Page | undefined
}

/** Sets as their bytes (empty for the empty one), everything else as it is. */
type Encoded<T> = { readonly [Key in keyof T]: T[Key] extends Bitmap ? Uint8Array : T[Key] }

/** A SeveralAnswer as plain data. */
export interface EncodedAnswer {
  readonly variants: number
  readonly datasets: readonly {
    readonly variants: number
    readonly carriers: Uint8Array
    readonly somatic: Uint8Array
    readonly annotation?: AnnotationCoverage
    readonly page: readonly {
      readonly variant: Variant
      readonly anchor: string
      readonly calls: Encoded<Calls>
      readonly annotation: string
    }[]
  }[]
}

const NO_BYTES = new Uint8Array()

function encodeSet(set: Bitmap): Uint8Array {
  // A copy of just these bytes: a view would send the whole buffer behind it.
  return set.isEmpty ? NO_BYTES : new Uint8Array(toBytes(set.isFrozen ? set.clone() : set))
}

function decodeSet(bytes: Uint8Array): Bitmap {
  return bytes.length === 0 ? EMPTY : fromBytes(bytes)
}

export function toTask(asked: readonly AskedDataset[], query: SeveralQuery, page: Page | undefined): QueryTask {
  return {
    datasets: asked.map(({ assembly, segments, visible }) => ({
      assembly,
      paths: segments.map(({ path }) => path),
      visible:
        visible.kind === 'everybody' ? undefined : { people: encodeSet(visible.people), version: visible.version },
    })),
    query,
    page,
  }
}

export function decodeVisible(visible: QueryTask['datasets'][number]['visible']): VisibleSet {
  return visible ? { kind: 'some', people: decodeSet(visible.people), version: visible.version } : { kind: 'everybody' }
}

export function encodeAnswer({ variants, datasets }: SeveralAnswer): EncodedAnswer {
  return {
    variants,
    datasets: datasets.map(({ carriers, somatic, page, ...rest }) => ({
      ...rest,
      carriers: encodeSet(carriers),
      somatic: encodeSet(somatic),
      page: page.map((match) => ({
        ...match,
        calls: mapValues(match.calls, encodeValue) as unknown as Encoded<Calls>,
      })),
    })),
  }
}

export function decodeAnswer({ variants, datasets }: EncodedAnswer): SeveralAnswer {
  return {
    variants,
    datasets: datasets.map(({ carriers, somatic, page, ...rest }) => ({
      ...rest,
      carriers: decodeSet(carriers),
      somatic: decodeSet(somatic),
      page: page.map((match) => ({ ...match, calls: mapValues(match.calls, decodeValue) as unknown as Calls })),
    })),
  }
}

function mapValues(object: object, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

function encodeValue(value: unknown): unknown {
  return value instanceof Bitmap ? encodeSet(value) : value
}

function decodeValue(value: unknown): unknown {
  return value instanceof Uint8Array ? decodeSet(value) : value
}
