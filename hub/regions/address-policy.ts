import { lookup as lookupAddress, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP } from 'node:net'

/**
 * Addresses that are not on the public internet: IANA special-purpose registries (RFC 6890) and the IPv6 forms that carry
 * an IPv4 address inside (RFC 6052, 3056, 4380). Cloud metadata services live in 169.254/16, 100.64/10 and fc00::/7.
 */
const IPV4_SUBNETS: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
const IPV6_SUBNETS: readonly (readonly [string, number])[] = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

const PRIVATE = new BlockList()
for (const [address, prefix] of IPV4_SUBNETS) PRIVATE.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of IPV6_SUBNETS) PRIVATE.addSubnet(address, prefix, 'ipv6')

/** True for everything that is not a public IP address, text that is no address included. IPv4-mapped IPv6 counts as IPv4. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  return PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

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
