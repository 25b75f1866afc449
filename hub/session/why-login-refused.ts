import type { HubConfig } from '../../schemas/index.js'
import { whyAddressRefused } from '../regions/address-policy.js'

/** Why the addresses of `login` may not be used; undefined when they may. Access tokens go there: never without TLS. */
export function whyLoginRefused({
  login,
  allowPrivate,
}: Pick<HubConfig, 'login' | 'allowPrivate'>): string | undefined {
  if (!login) return undefined
  for (const key of ['jwksUri', 'tokenEndpoint'] as const) {
    const url = new URL(login[key])
    const refused = whyAddressRefused(url, allowPrivate)
    if (refused !== undefined) return `login.${key} cannot be used: ${refused}`
    if (url.protocol !== 'https:' && !allowPrivate) return `login.${key} must be https (allowPrivate in hub.yaml)`
  }
  return undefined
}
