import { readFileSync } from 'node:fs'

/** Where the sample columns of a line lie in `bytes`, and what makes one plain. */
export interface ColumnsAsked {
  readonly bytes: Uint8Array
  /** Offset of the first column. */
  readonly from: number
  /** Offset of the line's end. */
  readonly end: number
  readonly samples: number
  /** Which FORMAT key is GQ; below 1: none is read. */
  readonly gqIndex: number
  readonly minimumGq: number
}

/** What was passed over, and what was found on the way. Reused by the next call. */
export interface OtherColumns {
  /** How many columns are not plain. */
  listed: number
  /**
   * Of each of them, in order: its number times two, plus one where GQ is not below the minimum or is not read; and its offset
   * in `bytes` plus `shift`. What follows the listed means nothing.
   */
  entries: Uint32Array
  shift: number
  /** Columns that the line has; never more than were asked for. */
  passed: number
  /** One past the tab, or the line's end, of the last of them. */
  next: number
}

interface Kernel {
  readonly memory: WebAssembly.Memory
  readonly at: WebAssembly.Global<'i32'>
  readonly passed: WebAssembly.Global<'i32'>
  list(from: number, end: number, samples: number, gq: number, minimum: number, out: number): number
}

const TAB = 9
const PAGE_BYTES = 64 << 10
const ENTRY_BYTES = 8
/** What is read past a line's end and left unused. */
const SLACK_BYTES = 64

let kernel: Kernel | undefined
let heap = new Uint8Array()
const found: OtherColumns = { listed: 0, entries: new Uint32Array(), shift: 0, passed: 0, next: 0 }

/**
 * Passes over the sample columns of a line whose GT is first in FORMAT, sixteen bytes in one instruction, and lists those
 * that somebody must read: all but the calls `0|0` and `0/0` that have no other fields, or whose GQ is not below the minimum.
 * A third of the time that reading them in JavaScript takes (docs/performance.md).
 */
export function listOtherColumns({ bytes, from, end, samples, gqIndex, minimumGq }: ColumnsAsked): OtherColumns {
  kernel ??= open()
  const input = samples * ENTRY_BYTES
  reserve(kernel, input + (end - from) + SLACK_BYTES)
  heap.set(bytes.subarray(from, end), input)
  const inputEnd = input + end - from
  heap[inputEnd] = TAB
  found.listed = kernel.list(input, inputEnd, samples, gqIndex, minimumGq, 0)
  found.shift = input - from
  found.passed = kernel.passed.value
  found.next = kernel.at.value - found.shift
  return found
}

/** Compiled from plain-columns.wat by the build. */
function open(): Kernel {
  const module = new WebAssembly.Module(readFileSync(new URL('./plain-columns.wasm', import.meta.url)))
  return new WebAssembly.Instance(module).exports as unknown as Kernel
}

function reserve({ memory }: Kernel, bytes: number): void {
  if (bytes <= heap.length) return
  memory.grow(Math.max(0, Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES)))
  heap = new Uint8Array(memory.buffer)
  found.entries = new Uint32Array(memory.buffer)
}
