/** Claims nest a few levels; whoever nests deeper wants something else. */
const MAXIMUM_DEPTH = 32

/**
 * Reads JSON whose objects name no key twice. Of two values of one claim, one reader takes the first and another the last
 * (RFC 7519 section 4): what a broker checked would not be what the node believes.
 *
 * @throws SyntaxError
 */
export function parseUniqueJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  /** Keys so far of every object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = []
  // The text is JSON, so only strings need care: what they hold is no structure.
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
      case '[':
        open.push(text[at] === '{' ? new Set() : undefined)
        if (open.length > MAXIMUM_DEPTH) throw new SyntaxError('nested too deep')
        break
      case '}':
      case ']':
        open.pop()
        break
      case '"': {
        const start = at
        at = endOfString(text, start)
        if (isKey(text, at)) addKey(open.at(-1), text.slice(start, at + 1))
      }
    }
  }
  return value
}

/** Where the closing quote of a string is. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

const WHITE_SPACE: ReadonlySet<string | undefined> = new Set([' ', '\t', '\n', '\r'])

/** In JSON a colon follows keys only. */
function isKey(text: string, end: number): boolean {
  let next = end + 1
  while (WHITE_SPACE.has(text[next])) next++
  return text[next] === ':'
}

/** @param literal as written, with quotes: `"\u0069ss"` is `iss` */
function addKey(keys: Set<string> | undefined, literal: string): void {
  const key = JSON.parse(literal) as string
  if (keys?.has(key)) throw new SyntaxError('a key stands twice')
  keys?.add(key)
}
