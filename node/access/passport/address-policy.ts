import { lookup as lookupAddress, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { isPrivateAddress } from '../../../schemas/index.js'

/**
 * Why a broker or an issuer may not be at an address, in words that follow it; undefined when it may.
 *
 * @param allowPrivate private and loopback addresses, and http, are allowed
 */
export function whyAddressRefused(address: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(address)) return 'is no URL'
  const { protocol, username, password, hostname } = new URL(address)
  if (protocol !== 'https:' && protocol !== 'http:') return 'is not https'
  if (username !== '' || password !== '') return 'holds a user name or a password'
  if (allowPrivate) return undefined
  if (protocol !== 'https:') return 'is not https'
  const host = hostname.replace(/^\[|\]$/g, '')
  const isLocal = /(^|\.)localhost\.?$/i.test(host) || (isIP(host) !== 0 && isPrivateAddress(host))
  return isLocal ? 'is private, and private addresses are not allowed' : undefined
}

/** The system's own lookup, with all addresses. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * A lookup for sockets that refuses names of private addresses. The socket connects to the address that was checked, whatever
 * the name resolves to a moment later.
 */
export function createGuardedLookup(allowPrivate: boolean, resolve: Resolve = lookupAddress): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || !first) return callback(error ?? new Error('the host name has no address'), '')
      if (!allowPrivate && addresses.some(({ address }) => isPrivateAddress(address))) {
        return callback(new Error('the host name is of a private address'), '')
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }
}
