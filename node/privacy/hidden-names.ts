/** How the people of a file are called when it leaves. */
export interface OutgoingNames {
  /** By the name in the file, in the file's order; who is not here does not leave. */
  readonly bySample: ReadonlyMap<string, string>
  /** What must not stand in any text that leaves. */
  readonly hidden: readonly string[]
}

/** Shorter pieces of names stand in too many words that are no names. */
const SHORTEST_PIECE = 4

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}

/**
 * Whether a text tells of a name: it holds the name, whatever its case and punctuation, or one of its words stands in the name,
 * as the `S12345` of `S12345_L001` does in `S12345-DNA1`.
 */
export function tellsOf(text: string, hidden: readonly string[]): boolean {
  const whole = plain(text)
  const words = text.split(/[^\p{L}\p{N}]+/u).flatMap((word) => (word.length < SHORTEST_PIECE ? [] : [plain(word)]))
  return hidden.some((name) => {
    const secret = plain(name)
    return secret !== '' && (whole.includes(secret) || words.some((word) => secret.includes(word)))
  })
}
