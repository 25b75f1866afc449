const ROUNDS = 16
const SUBKEYS = ROUNDS + 2
const BOX_SIZE = 256
const BOXES = 4
const WORDS = SUBKEYS + BOXES * BOX_SIZE

/** What Blowfish starts from (Schneier 1993): the fraction of pi, 32 bits a word; eighteen subkeys, then four boxes. */
let initialState: Uint32Array | undefined

/** Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239). */
function computeInitialState(): Uint32Array {
  const guardBits = 64n
  const bits = BigInt(WORDS * 32)
  const one = 1n << (bits + guardBits)
  const arctan = (inverse: bigint) => {
    let sum = 0n
    let power = one / inverse
    for (let divisor = 1n, sign = 1n; power > 0n; divisor += 2n, sign = -sign) {
      sum += (sign * power) / divisor
      power /= inverse * inverse
    }
    return sum
  }
  const fraction = ((16n * arctan(5n) - 4n * arctan(239n)) >> guardBits) & ((1n << bits) - 1n)
  const digits = fraction.toString(16).padStart(WORDS * 8, '0')
  return Uint32Array.from({ length: WORDS }, (_, word) => Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16))
}

/** Blowfish with the costly key schedule of bcrypt (Provos and Mazières 1999). */
export interface Blowfish {
  /** Mixes a key into the state, and a salt where there is one. */
  expand(key: Uint8Array, salt?: Uint8Array): void
  /** Encrypts pairs of words in place. */
  encrypt(words: Uint32Array): void
}

export function createBlowfish(): Blowfish {
  initialState ??= computeInitialState()
  const state = Uint32Array.from(initialState)
  const pair = new Uint32Array(2)

  const mix = (word: number) =>
    ((((state[SUBKEYS + (word >>> 24)]! + state[SUBKEYS + BOX_SIZE + ((word >>> 16) & 0xff)]!) ^
      state[SUBKEYS + 2 * BOX_SIZE + ((word >>> 8) & 0xff)]!) >>>
      0) +
      state[SUBKEYS + 3 * BOX_SIZE + (word & 0xff)]!) |
    0

  function encryptPair(words: Uint32Array, at: number): void {
    let left = words[at]! ^ state[0]!
    let right = words[at + 1]!
    for (let round = 1; round <= ROUNDS; round += 2) {
      right ^= mix(left) ^ state[round]!
      left ^= mix(right) ^ state[round + 1]!
    }
    words[at] = right ^ state[SUBKEYS - 1]!
    words[at + 1] = left
  }

  return {
    expand(key, salt) {
      const nextOfKey = readWords(key)
      for (let index = 0; index < SUBKEYS; index++) state[index]! ^= nextOfKey()
      const nextOfSalt = salt ? readWords(salt) : () => 0
      pair.fill(0)
      for (let index = 0; index < WORDS; index += 2) {
        pair[0]! ^= nextOfSalt()
        pair[1]! ^= nextOfSalt()
        encryptPair(pair, 0)
        state.set(pair, index)
      }
    },
    encrypt(words) {
      for (let at = 0; at < words.length; at += 2) encryptPair(words, at)
    },
  }
}

/** Big-endian words of the bytes, from the start again after the last. */
function readWords(bytes: Uint8Array): () => number {
  let at = 0
  return () => {
    let word = 0
    for (let index = 0; index < 4; index++, at = (at + 1) % bytes.length) word = (word << 8) | bytes[at]!
    return word
  }
}
