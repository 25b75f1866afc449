import { lookup as lookupAddress, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import { isPrivateAddress } from '../../schemas/index.js'

/** The literal IP address in a URL's host, if it is one. `new URL` has already turned 127.1, 0x7f.1 and 2130706433 into dotted form. */
function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? undefined : host
}

function isLocalName(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname)
}

/** Why a region may not have this address, in words that go into `reason`; undefined when it may. */
export function whyAddressRefused(url: URL, allowPrivate: boolean): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'the address is not http or https'
  if (url.username !== '' || url.password !== '') return 'the address holds a user name or password'
  if (allowPrivate) return undefined
  const literal = literalAddress(url)
  if (isLocalName(url.hostname) || (literal !== undefined && isPrivateAddress(literal))) return PRIVATE_REASON
  return undefined
}

export const PRIVATE_REASON = 'the address is private, and private addresses are not allowed'
export const PRIVATE_ADDRESS_CODE = 'EPRIVATE'

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void
export type Lookup = (hostname: string, options: LookupOptions, callback: LookupCallback) => void
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Joins lookups of one name while one is under way. The system looks up four names at a time: a region whose name server hangs
 * would otherwise take all four with four questions, and the names of the others would wait.
 */
function joinLookups(resolve: ResolveAll): ResolveAll {
  const waiting = new Map<string, Parameters<ResolveAll>[2][]>()
  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options.family, options.hints, options.verbatim, options.order])
    const joined = waiting.get(key)
    if (joined) return void joined.push(callback)
    const callbacks = [callback]
    waiting.set(key, callbacks)
    resolve(hostname, options, (error, addresses) => {
      waiting.delete(key)
      for (const each of callbacks) each(error, addresses)
    })
  }
}

/**
 * A DNS lookup for sockets that refuses private addresses. The socket connects to what this returns, so the address that was
 * checked is the address that is used, whatever the name resolves to a moment later.
 */
export function createGuardedLookup(allowPrivate: boolean, resolve: ResolveAll = lookupAddress): Lookup {
  const resolveOnce = joinLookups(resolve)
  return (hostname, options, callback) => {
    resolveOnce(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const [first] = addresses
      if (!first) return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), [])
      if (!allowPrivate && addresses.some(({ address }) => isPrivateAddress(address))) {
        return callback(Object.assign(new Error(PRIVATE_REASON), { code: PRIVATE_ADDRESS_CODE }), [])
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }
}
