/** An API of the node: where it stands here, and its address as others reach it. */
export interface PublicAddress {
  /** Without a slash at the end, as `/beacon/v2`. */
  readonly path: string
  /** `https://…/beacon/v2`; asked at each request, as a free port is known late. */
  readonly url: () => string | undefined
}

/**
 * The address that a request was sent to (`@target-uri`), made from the node's own configuration. Host and X-Forwarded-Host are
 * the sender's word, and would make a request that was signed for another node one for this.
 *
 * @param target path and query as they were received
 * @returns undefined when it is not below one of the addresses
 */
export function toTargetUri(target: string, addresses: readonly PublicAddress[]): string | undefined {
  const address = addresses.find(({ path }) => target.startsWith(path) && /^(?:[/?]|$)/.test(target.slice(path.length)))
  const url = address?.url()
  if (!address || url === undefined || !URL.canParse(url)) return undefined
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/+$/, '') + target.slice(address.path.length)
}
