import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isPersonalNumber } from './personal-number.js'

test.each([
  // Skatteverket's published test numbers and examples of its brochures.
  ['811228-9874', true],
  ['19811228-9874', true],
  ['198112289874', true],
  ['8112289874', true],
  ['670919-9530', true],
  ['701063-2391', true],
  ['811228+9874', true],
  ['811228-9873', false],
  ['811328-9874', false],
  ['810230-9870', false],
  ['NA12878', false],
  ['HG00096', false],
  ['sample1', false],
  ['81122898', false],
  ['', false],
])('%j: %s', (text, expected) => {
  expect(isPersonalNumber(text)).toBe(expected)
})

test('of the ten numbers that differ in the check digit alone, exactly one is right', () => {
  const date = fc.date({ min: new Date('1900-01-01'), max: new Date('2025-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(date, fc.integer({ min: 0, max: 999 }), (born, serial) => {
      const stem = `${born.toISOString().slice(0, 10).replaceAll('-', '')}${String(serial).padStart(3, '0')}`
      expect([...'0123456789'].filter((digit) => isPersonalNumber(stem + digit))).toHaveLength(1)
    }),
  )
})
