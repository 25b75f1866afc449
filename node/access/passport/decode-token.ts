import { parseUniqueJson } from './unique-json.js'

export type Claims = Readonly<Record<string, unknown>>

/** A signed token as it reads. Nothing of it is believed yet. */
export interface DecodedToken {
  readonly header: Claims
  readonly claims: Claims
}

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether a token is, or means to be, a signed one (JWS compact form). All others are known to their broker alone. */
export function looksSigned(token: string): boolean {
  const [header = ''] = token.split('.', 1)
  return header.length < token.length && Buffer.from(header, 'base64url').toString('latin1').trimStart().startsWith('{')
}

/** Reads a token in JWS compact form; undefined when it is none, or names a key twice. */
export function decodeToken(token: string): DecodedToken | undefined {
  const [, header, claims] = COMPACT.exec(token) ?? []
  if (header === undefined || claims === undefined) return undefined
  try {
    return { header: parseObject(header), claims: parseObject(claims) }
  } catch {
    return undefined
  }
}

function parseObject(part: string): Claims {
  const value = parseUniqueJson(UTF8.decode(Buffer.from(part, 'base64url')))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not an object')
  return value as Claims
}
