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
