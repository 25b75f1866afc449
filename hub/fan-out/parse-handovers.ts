import type { Handover } from '../../schemas/index.js'
import { isJsonObject } from '../json-limits.js'

/** Of one result set; more is no help to anybody. */
const MAXIMUM_HANDOVERS = 100
const MAXIMUM_URL_LENGTH = 2_048
const MAXIMUM_LABEL_LENGTH = 100
const CURIE = /^[A-Za-z][\w.-]*:[\w.-]+$/

function isShort(value: unknown, length: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= length
}

/** An address of the region's own server; undefined: it leads elsewhere, or is none. */
function parseUrl(value: unknown, origin: string): string | undefined {
  if (!isShort(value, MAXIMUM_URL_LENGTH) || !URL.canParse(value)) return undefined
  const url = new URL(value)
  const isOwn = url.origin === origin && url.username === '' && url.password === ''
  return isOwn ? url.href : undefined
}

/**
 * The handovers of a result set that lead to the region itself. A region cannot send the users of the hub to other servers, and
 * no text of its own comes along but a label.
 *
 * @param origin of the address by which the region is registered
 */
export function parseHandovers(value: unknown, origin: string): readonly Handover[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, MAXIMUM_HANDOVERS).flatMap((sent: unknown): readonly Handover[] => {
    if (!isJsonObject(sent) || !isJsonObject(sent['handoverType'])) return []
    const url = parseUrl(sent['url'], origin)
    const { id, label } = sent['handoverType']
    if (url === undefined || !isShort(id, MAXIMUM_LABEL_LENGTH) || !CURIE.test(id)) return []
    return [{ handoverType: { id, ...(isShort(label, MAXIMUM_LABEL_LENGTH) ? { label } : {}) }, url }]
  })
}
