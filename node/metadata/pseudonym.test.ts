import { expect, test } from '@jest/globals'
import { createPseudonym } from './pseudonym.js'

test('a pseudonym is made of random bytes alone, in letters that cannot be mistaken', () => {
  expect(createPseudonym(() => Uint8Array.from([0, 1, 31, 32, 63, 64, 255, 10, 11, 18, 20, 27]))).toBe('P-01Z0Z0ZABJMV')
  expect(createPseudonym()).toMatch(/^P-[0-9A-HJKMNP-TV-Z]{12}$/)
  expect(new Set(Array.from({ length: 1000 }, () => createPseudonym())).size).toBe(1000)
})
