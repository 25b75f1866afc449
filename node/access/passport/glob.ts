/**
 * Whether a whole text is what a pattern says: `?` is any one character, `*` any run of them, all others themselves (GA4GH
 * Passport v1.2, pattern matching). No regular expression: patterns come from outside, and one that is meant to be slow must not be.
 * Takes at most as many steps as the product of the two lengths.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0
  let next = 0
  /** The last star, and how far the text was when it stood for nothing. Only that one is ever stretched. */
  let star = -1
  let stretched = 0
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++
      stretched = at
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at])) {
      next++
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++stretched
    } else {
      return false
    }
  }
  while (pattern[next] === '*') next++
  return next === pattern.length
}
