/** Bytes of a file that does not change while it is open, wherever it stands. */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number
  /**
   * The bytes [start, end), all of them.
   *
   * @throws Error the file ends before, or cannot be read; whose kind is the storage's own
   */
  read(start: number, end: number, signal?: AbortSignal): Promise<Buffer>
  /** The bytes [start, end) piece by piece, no more of them in memory than the reader takes. */
  stream(start: number, end: number, signal?: AbortSignal): AsyncIterable<Buffer>
}
