import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares in a time that does not tell how much of it is right, whatever the lengths. */
export function isSameSecret(sent: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(sent), digest(secret))
}
