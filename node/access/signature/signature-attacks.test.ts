import { describe, expect, test } from '@jest/globals'
import type { PlainRequest, SignatureChoices, SignedRequest } from '../../../schemas/testing/signed-request.js'
import {
  createSignatureWorld,
  GET,
  NORR,
  NOW,
  QUESTION,
  refused,
  swap,
  without,
} from '../../testing/signature-world.js'
import { toCredentialsOf, type MadeCredentials } from '../../testing/to-credentials.js'
import type { Credentials } from '../caller.js'

const { sign, verifier, outcomeOf, nonces, edKey } = createSignatureWorld()

type Attack = readonly [name: string, request: () => Credentials, reason: RegExp]

const NOT_OF_IT = /: it is not of this request by this key$/
const EMPTY_OBJECT_DIGEST = 'sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:'

/** Signed as it ought to be, and changed on the way. */
function changed(name: string, change: (credentials: MadeCredentials) => Credentials, reason = NOT_OF_IT): Attack {
  return [name, () => change(toCredentialsOf(sign())), reason]
}

function otherHeaders(name: string, headers: Readonly<Record<string, string>>, reason = NOT_OF_IT): Attack {
  return [name, () => toCredentialsOf(swap(sign(), headers)), reason]
}

/** A header that is sent although the signature does not know of it. */
function added(name: string, headers: Readonly<Record<string, string>>, reason: RegExp): Attack {
  return [name, () => toCredentialsOf(swap(sign({}, GET), headers)), reason]
}

/** Signed by the hub's own key, but in a way that is not allowed. */
function signed(name: string, choices: SignatureChoices, reason: RegExp, request?: PlainRequest): Attack {
  return [name, () => toCredentialsOf(sign(choices, request)), reason]
}

function rewritten(name: string, rewrite: (request: SignedRequest) => SignedRequest, reason: RegExp): Attack {
  return [name, () => toCredentialsOf(rewrite(sign())), reason]
}

/** A header sent twice, with the value that it had first. */
function twice(name: string, header: string, second: string): Attack {
  const add = (credentials: MadeCredentials) => {
    const values = [...credentials.headers.get(header)!, second]
    return { ...credentials, headers: new Map([...credentials.headers, [header, values]]) }
  }
  return changed(name, add, new RegExp(`: ${header} was sent more than once$`))
}

const inputOf = (request: SignedRequest) => request.headers['signature-input']!
const signatureOf = (request: SignedRequest) => request.headers['signature']!
const SYD = { ...QUESTION, url: QUESTION.url.replace('norr', 'syd') }
const SYD_HOST = {
  host: 'syd.example',
  'x-forwarded-host': 'syd.example',
  'x-forwarded-proto': 'https',
  forwarded: 'host=syd.example;proto=https',
}
const COVERED = [
  '@method',
  '@target-uri',
  'authorization',
  'content-type',
  'content-digest',
  'x-request-id',
  'ngp-purpose',
  'ngp-project',
]

/** The rows S1 to S11 of access-privacy-audit section 8, and what is near them. S11 is of the node as a whole. */
const ATTACKS: readonly Attack[] = [
  changed('S2 another body', (it) => ({ ...it, body: Buffer.from('{}') }), /content-digest is not that of the body$/),
  rewritten(
    'S2 another body with its digest',
    (it) => ({ ...swap(it, { 'content-digest': EMPTY_OBJECT_DIGEST }), body: '{}' }),
    NOT_OF_IT,
  ),
  changed('S2 no body', ({ body: _, ...it }) => it, /content-digest is not that of the body$/),
  added('S2 a body that nobody read', { 'content-length': '2' }, /a body that is not for it$/),
  added('S2 a chunked body that nobody read', { 'transfer-encoding': 'chunked' }, /a body that is not for it$/),
  changed('S2 another query', (it) => ({ ...it, target: '/beacon/v2/g_variants?a=c' })),
  changed('S2 no query', (it) => ({ ...it, target: '/beacon/v2/g_variants' })),
  changed('S2 another path', (it) => ({ ...it, target: '/beacon/v2/individuals?a=b' })),
  changed('S2 a path that means the same', (it) => ({ ...it, target: '/beacon/v2/g%5Fvariants?a=b' })),
  changed('S2 another method', (it) => ({ ...it, method: 'PUT' })),
  otherHeaders('S2 another purpose', { 'ngp-purpose': 'TREAT' }),
  otherHeaders('S2 another project', { 'ngp-project': 'urn:ngp:project:2026-2' }),
  otherHeaders('S2 another token', { authorization: 'Bearer y' }),
  otherHeaders('S2 another request id', { 'x-request-id': '1' }),
  otherHeaders('S2 another content type', { 'content-type': 'application/json; charset=utf-16' }),
  added('S2 a purpose added', { 'ngp-purpose': 'HRESCH' }, /does not cover ngp-purpose$/),
  added('S2 a project added', { 'ngp-project': 'p' }, /does not cover ngp-project$/),
  added('S2 a token added', { authorization: 'Bearer x' }, /does not cover authorization$/),
  rewritten('S2 a purpose taken away', (it) => without(it, 'ngp-purpose'), /ngp-purpose is covered and was not sent$/),
  twice('S2 a purpose twice', 'ngp-purpose', 'TREAT'),
  twice('S2 a token twice', 'authorization', 'Bearer y'),
  ...COVERED.map((name) =>
    signed(
      `S3 ${name} not covered`,
      { components: (all) => all.filter((each) => each !== name) },
      new RegExp(`: it does not cover ${name}$`),
    ),
  ),
  rewritten(
    'S3 a component struck out afterwards',
    (it) => swap(it, { 'signature-input': inputOf(it).replace(' "ngp-purpose"', '') }),
    /does not cover ngp-purpose$/,
  ),
  [
    'S3 a body without content-type and digest',
    () => {
      const open = sign({ components: (all) => all.filter((name) => !name.startsWith('content-')) })
      return toCredentialsOf(without(open, 'content-type', 'content-digest'))
    },
    /does not cover content-type$/,
  ],
  signed('S3 the authority too', { components: (all) => [...all, '@authority'] }, /covers @authority, which/),
  signed('S3 a component twice', { components: (all) => [...all, '@method'] }, /not one signature of the form/),
  rewritten(
    'S4 two labels',
    (it) => {
      const other = sign({ label: 'b' })
      return swap(it, {
        'signature-input': `${inputOf(it)}, ${inputOf(other)}`,
        signature: `${signatureOf(it)}, ${signatureOf(other)}`,
      })
    },
    /not one signature of the form/,
  ),
  twice('S4 two headers of signatures', 'signature', 'b=:YQ==:'),
  twice('S4 two headers of inputs', 'signature-input', 'b=()'),
  rewritten(
    'S4 another label than that of the input',
    (it) => swap(it, { signature: signatureOf(it).replace('ngp=', 'b=') }),
    /not one signature of the form/,
  ),
  signed('S5 an unknown key', { keyId: 'hub-9' }, /its key is not known to this node$/),
  signed("S5 another hub's key", { keyId: 'hub-2', alg: null }, NOT_OF_IT),
  signed('S5 a name that every object has', { keyId: '__proto__' }, /its key is not known to this node$/),
  ...['hmac-sha256', 'none', 'rsa-v1_5-sha256', 'ed25519', 'ECDSA-P256-SHA256', ''].map((alg) =>
    signed(`S6 alg "${alg}"`, { alg }, /its algorithm is not that of the key$/),
  ),
  signed('S7 good for 61 s', { expires: NOW + 61 }, /good for longer than 60 s$/),
  signed('S7 expires before it was made', { created: NOW + 3, expires: NOW + 2 }, /good for longer than 60 s$/),
  signed('S8 made 6 s ahead', { created: NOW + 6 }, /made in the future by this node's clock$/),
  signed('S8 expired 6 s ago', { created: NOW - 66 }, /it has expired$/),
  signed('S8 beyond all clocks', { created: 999_999_999_999_999, expires: 999_999_999_999_999 }, /in the future/),
  signed('S9 signed for another node', {}, NOT_OF_IT, SYD),
  signed('S9 signed for http', {}, NOT_OF_IT, { ...QUESTION, url: QUESTION.url.replace('https', 'http') }),
  signed('S9 no API of the node', {}, /not to an address of this node$/, { ...GET, url: `${NORR}3` }),
  changed('S9 a whole address as target', (it) => ({ ...it, target: QUESTION.url }), /not to an address of this node$/),
  ['S10 the host of another node', () => toCredentialsOf(swap(sign({}, SYD), SYD_HOST)), NOT_OF_IT],
  signed('the tag of answers', { tag: 'ngp-fed-resp-v1' }, /its tag is not ngp-fed-v1$/),
  rewritten(
    'no tag',
    (it) => swap(it, { 'signature-input': inputOf(it).replace(/;tag="[^"]*"/, '') }),
    /not one signature of the form/,
  ),
  signed('a nonce of 21 characters', { nonce: 'n'.repeat(21) }, /its nonce is too short$/),
  rewritten('a signature alone', (it) => without(it, 'signature-input'), /lacks one of its two headers$/),
  rewritten('an input alone', (it) => without(it, 'signature'), /lacks one of its two headers$/),
  rewritten('the signature of another request', (it) => swap(it, { signature: signatureOf(sign()) }), NOT_OF_IT),
]

describe('an attack', () => {
  test.each(ATTACKS)('%s', async (_name, credentials, reason) => {
    expect(await outcomeOf(credentials())).toEqual(refused(reason))
  })

  test('S1 the same request twice', async () => {
    const credentials = toCredentialsOf(sign())
    expect(await outcomeOf(credentials)).toMatchObject({ client: 'ngp-hub' })
    expect(await outcomeOf(credentials)).toEqual(refused(/it was used before$/))
  })

  test('S1 the same nonce for another request, by the hub itself', async () => {
    const nonce = 'a'.repeat(24)
    expect(await outcomeOf(toCredentialsOf(sign({ nonce })))).toMatchObject({ client: 'ngp-hub' })
    expect(await outcomeOf(toCredentialsOf(sign({ nonce, created: NOW - 1 })))).toEqual(refused(/it was used before$/))
    const other = sign({ keyId: 'hub-2', nonce }, QUESTION, edKey)
    expect(await outcomeOf(toCredentialsOf(other))).toMatchObject({ client: 'other-hub' })
  })

  test('S1 a request from before the machine went down', async () => {
    const justStarted = verifier(NORR, nonces(NOW - 4))
    expect(await outcomeOf(toCredentialsOf(sign()), justStarted)).toEqual(refused(/made before this node started$/))
  })

  test("a bad signature uses up nobody's nonce", async () => {
    const request = sign()
    expect(await outcomeOf(toCredentialsOf({ ...request, method: 'PUT' }))).toEqual(refused(NOT_OF_IT))
    expect(await outcomeOf(toCredentialsOf(request))).toMatchObject({ client: 'ngp-hub' })
  })

  test('when nonces cannot be kept: nobody is let in', async () => {
    const closed = nonces(0)
    closed.close()
    const outcome = await outcomeOf(toCredentialsOf(sign()), verifier(NORR, closed))
    expect(outcome).toMatchObject({ name: 'NodeError', code: 'unavailable' })
  })

  test('no word of a message is in its refusal', async () => {
    for (const [, credentials] of ATTACKS) {
      const { message } = (await outcomeOf(credentials())) as Error
      expect(message).not.toMatch(/Bearer|HRESCH|urn:|hub-\d|norr|syd|:[A-Za-z0-9+/]{20}/)
    }
  })
})
