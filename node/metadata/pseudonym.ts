import { randomBytes } from 'node:crypto'

// Crockford's base 32: no I, L, O and U, so that it can be read aloud and holds no words.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 60 bits: two of a hundred million people are the same with a chance of 1 in 200, and the register refuses it then. */
const CHARACTERS = 12

/** A random name for a person that tells nothing of them. */
export function createPseudonym(random: (bytes: number) => Uint8Array = randomBytes): string {
  return `P-${Array.from(random(CHARACTERS), (byte) => ALPHABET[byte % ALPHABET.length]).join('')}`
}
