import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createHmac } from 'node:crypto'
import { createHmacSha256 } from './hmac-sha256.js'

test('the MAC is that of createHmac, for keys of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'grapheme' }), (secret, text) => {
      const mac = createHmacSha256(Buffer.from(secret))(text)
      expect(mac.toString('hex')).toBe(createHmac('sha256', secret).update(text).digest('hex'))
    }),
  )
})
