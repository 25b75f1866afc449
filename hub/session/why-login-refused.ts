import type { HubConfig } from '../../schemas/index.js'
import { whyAddressRefused } from '../regions/address-policy.js'

/** Why `login` cannot be used; undefined when it can. Access tokens go to its addresses: never without TLS. */
export function whyLoginRefused(config: Pick<HubConfig, 'login' | 'signing' | 'allowPrivate'>): string | undefined {
  const { login, signing, allowPrivate } = config
  if (!login) return undefined
  if (!signing) return 'login needs signing: the hub shows itself to the login service with its key'
  for (const key of ['jwksUri', 'tokenEndpoint'] as const) {
    const url = new URL(login[key])
    const refused = whyAddressRefused(url, allowPrivate)
    if (refused !== undefined) return `login.${key} cannot be used: ${refused}`
    if (url.protocol !== 'https:' && !allowPrivate) return `login.${key} must be https (allowPrivate in hub.yaml)`
  }
  return undefined
}
