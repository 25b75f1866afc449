import { describe, expect, test } from '@jest/globals'
import { findPersonalNumbers, maskPersonalNumbers } from './personal-numbers.js'

describe('personal identity numbers', () => {
  test('are found in ids, in free text, in keys and where the quotes were forgotten', () => {
    const document = {
      id: '8112289874',
      info: { note: 'same as 19811228-9874', files: ['198112289874.bam'], 'a/b': { '811228-9874': 1 } },
      number: 198112289874,
      barcode: 'S-8112289874-1',
      value: 55345,
    }
    expect(findPersonalNumbers(document, '/members/3')).toEqual([
      '/members/3/id',
      '/members/3/info/note',
      '/members/3/info/files/0',
      '/members/3/info/a~1b',
      '/members/3/number',
    ])
  })

  test.each(['19811228-9875', 'HP:0001250', '20240501', '1234567890', 'P-01Z0Z0ZABJMV', ''])('%j is none', (text) =>
    expect(findPersonalNumbers(text)).toEqual([]),
  )

  test('are masked in reports, barcodes that look like one too', () => {
    expect(maskPersonalNumbers('refers to "8112289874" and S-8112289874-1 of 19811228-9874.json')).toBe(
      'refers to "(personal identity number)" and S-(personal identity number)-1 of (personal identity number).json',
    )
    expect(maskPersonalNumbers('8112289875')).toBe('8112289875')
  })
})
