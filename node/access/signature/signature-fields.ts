import { SIGNATURE_BYTES } from '../../../schemas/index.js'

/** What `Signature-Input` and `Signature` say, of the one signature of a request. */
export interface SignatureFields {
  /** Identifiers of what is covered, without quotes, each once. */
  readonly components: readonly string[]
  /** The covered components with their parameters as they were sent: they are the last line of what is signed. */
  readonly parameters: string
  /** Seconds since 1970. */
  readonly created: number
  readonly expires: number
  readonly nonce: string
  readonly keyId: string
  readonly tag: string
  /** What the message calls its algorithm; absent: it does not. */
  readonly algorithm?: string
  readonly signature: Buffer
}

const COMPONENT = '"@?[a-z][a-z0-9-]*"'
const LABEL = '[a-z*][a-z0-9_.*-]*'
// Printable without `"` and `\`, so that nothing needs an escape.
const TEXT = '"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"'
/**
 * One label with plain components and the parameters of RFC 9421 section 2.3, spelled as RFC 8941 section 4.1 serialises them: what
 * can be written in one way only cannot be read in two. No part can match in more than one way, so that it is linear.
 */
const SIGNATURE_INPUT = new RegExp(
  `^(${LABEL})=(\\((${COMPONENT}(?: ${COMPONENT})*)\\)((?:;[a-z]+=(?:\\d{1,15}|${TEXT}))+))$`,
)
const PARAMETER = new RegExp(`;([a-z]+)=(?:(\\d{1,15})|(${TEXT}))`, 'g')
const SIGNATURE = new RegExp(`^(${LABEL})=:([A-Za-z0-9+/]+={0,2}):$`)

const NUMBERS: ReadonlySet<string> = new Set(['created', 'expires'])
const TEXTS: ReadonlySet<string> = new Set(['nonce', 'keyid', 'tag', 'alg'])

/** Longer ones are nobody's signature. */
const LONGEST_FIELD = 2_048

/** By name; undefined when one is unknown, of the wrong type or there twice. */
function parseParameters(source: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>()
  for (const [, name, number, quoted] of source.matchAll(PARAMETER)) {
    const isKnown = (number === undefined ? TEXTS : NUMBERS).has(name!)
    if (!isKnown || found.has(name!)) return undefined
    found.set(name!, number ?? quoted!.slice(1, -1))
  }
  return found
}

/** In its one canonical form, else undefined. */
function parseSignature(source: string): { readonly label: string; readonly signature: Buffer } | undefined {
  const [, label, encoded] = SIGNATURE.exec(source) ?? []
  if (label === undefined || encoded === undefined) return undefined
  const signature = Buffer.from(encoded, 'base64')
  const isCanonical = signature.toString('base64') === encoded
  return isCanonical && signature.length === SIGNATURE_BYTES ? { label, signature } : undefined
}

/**
 * Reads the two headers of a signature. More than one signature, components with parameters, and parameters that this profile
 * does not have are refused with everything else that is not understood.
 *
 * @returns undefined when they cannot be read so
 */
export function parseSignatureFields(signatureInput: string, signatureField: string): SignatureFields | undefined {
  if (signatureInput.length > LONGEST_FIELD || signatureField.length > LONGEST_FIELD) return undefined
  const [, label, parameters, list, rest] = SIGNATURE_INPUT.exec(signatureInput) ?? []
  const parsed = parseSignature(signatureField)
  if (parameters === undefined || list === undefined || rest === undefined || parsed?.label !== label) return undefined
  const components = list.split(' ').map((component) => component.slice(1, -1))
  if (new Set(components).size < components.length) return undefined
  const found = parseParameters(rest)
  const [nonce, keyId, tag] = [found?.get('nonce'), found?.get('keyid'), found?.get('tag')]
  if (!found?.has('created') || !found.has('expires')) return undefined
  if (nonce === undefined || keyId === undefined || tag === undefined) return undefined
  const algorithm = found.get('alg')
  return {
    components,
    parameters,
    created: Number(found.get('created')),
    expires: Number(found.get('expires')),
    nonce,
    keyId,
    tag,
    ...(algorithm === undefined ? {} : { algorithm }),
    signature: parsed!.signature,
  }
}
