import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { SignedRequest } from '../../../schemas/testing/signed-request.js'
import {
  CERTIFICATE,
  createSignatureWorld,
  GET,
  NORR,
  NOW,
  QUESTION,
  refused,
  swap,
} from '../../testing/signature-world.js'
import { toCredentialsOf, type MadeCredentials } from '../../testing/to-credentials.js'

const { sign, verify, verifier, outcomeOf, hubKey, edKey, mtlsKey } = createSignatureWorld()

describe('a good signature', () => {
  test('names the hub and the key', async () => {
    expect(await verify(toCredentialsOf(sign()))).toEqual({ client: 'ngp-hub', keyThumbprint: hubKey.thumbprint })
  })

  test.each<[string, SignedRequest, string]>([
    ['by Ed25519', sign({ keyId: 'hub-2' }, QUESTION, edKey), 'other-hub'],
    ['without alg', sign({ alg: null }), 'ngp-hub'],
    ['under another label', sign({ label: 'sig1' }), 'ngp-hub'],
    ['of a GET', sign({}, { method: 'GET', url: `${NORR}/individuals?limit=1` }), 'ngp-hub'],
    ['of a whole address', sign({}, GET), 'ngp-hub'],
    ['of a ticket', sign({}, { method: 'GET', url: 'https://norr.example/htsget/v1/reads/d/a?x' }), 'ngp-hub'],
    [
      'that covers more',
      sign(
        { components: (all) => [...all, 'accept'] },
        {
          ...QUESTION,
          headers: { ...QUESTION.headers, accept: 'application/json' },
        },
      ),
      'ngp-hub',
    ],
    ['whose components stand in another order', sign({ components: (all) => all.toReversed() }), 'ngp-hub'],
    ['made 5 s ahead', sign({ created: NOW + 5 }), 'ngp-hub'],
    ['that expired 5 s ago', sign({ created: NOW - 65 }), 'ngp-hub'],
  ])('%s is accepted', async (_what, request, client) => {
    expect(await outcomeOf(toCredentialsOf(request))).toMatchObject({ client })
  })

  test('is not needed', async () => {
    const { headers, ...rest } = toCredentialsOf(sign())
    const bare = new Map([...headers].filter(([name]) => !name.startsWith('signature')))
    expect(await verify({ ...rest, headers: bare })).toBeUndefined()
  })

  test('is of an address with a path before it, wherever a proxy sends it', async () => {
    const url = 'https://region.example/norr/beacon/v2'
    const request = sign({}, { method: 'GET', url: `${url}/info` })
    const credentials = { ...toCredentialsOf(request), target: '/beacon/v2/info' }
    expect(await outcomeOf(credentials, verifier(`${url}/`))).toMatchObject({ client: 'ngp-hub' })
  })

  test('comes over the connection of the hub where its certificate is asked for', async () => {
    const signed = () => sign({ keyId: 'hub-3' }, QUESTION, mtlsKey)
    expect(await outcomeOf(toCredentialsOf(signed(), CERTIFICATE))).toMatchObject({ client: 'mtls-hub' })
    for (const shown of [undefined, 'cd'.repeat(32)]) {
      expect(await outcomeOf(toCredentialsOf(signed(), shown))).toEqual(refused(/TLS certificate/))
    }
  })
})

describe('properties', () => {
  const parts = ['method', 'target', 'body', 'header', 'signature-input', 'signature'] as const
  const covered = ['authorization', 'content-type', 'content-digest', 'x-request-id', 'ngp-purpose', 'ngp-project']

  test('any changed byte of what is covered is refused', async () => {
    const change = (text: string, at: number, by: number) => {
      const index = at % text.length
      const code = (text.charCodeAt(index) + by) % 256
      return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1)
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parts),
        fc.constantFrom(...covered),
        fc.nat(2_000),
        fc.integer({ min: 1, max: 255 }),
        async (part, header, at, by) => {
          const good = toCredentialsOf(sign())
          const name = part === 'header' ? header : part
          const changed: MadeCredentials =
            part === 'method' || part === 'target'
              ? { ...good, [part]: change(good[part], at, by) }
              : part === 'body'
                ? { ...good, body: Buffer.from(change(good.body!.toString('latin1'), at, by), 'latin1') }
                : {
                    ...good,
                    headers: new Map([...good.headers, [name, [change(good.headers.get(name)![0]!, at, by)]]]),
                  }
          // Space around a value is no part of it.
          const trimmed = [...changed.headers].every(([key, [value]]) => good.headers.get(key)![0] === value!.trim())
          fc.pre(part !== 'header' || !trimmed)
          expect(await outcomeOf(changed)).toMatchObject({ name: 'NodeError', code: 'unauthenticated' })
        },
      ),
      { numRuns: 600 },
    )
  })

  test('whatever is sent as a signature is an answer, not a fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (input, signature) => {
        const request = swap(sign(), { 'signature-input': input, signature })
        expect(await outcomeOf(toCredentialsOf(request))).toMatchObject({ code: 'unauthenticated' })
      }),
    )
  })

  test('a long bad input takes no time', async () => {
    const request = swap(sign(), { 'signature-input': `ngp=(${'"a" '.repeat(400)}`.slice(0, 2_048) })
    const startedAt = performance.now()
    expect(await outcomeOf(toCredentialsOf(request))).toEqual(refused(/not one signature/))
    expect(performance.now() - startedAt).toBeLessThan(100)
  })
})
