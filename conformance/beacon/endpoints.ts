import { canonicalType } from './answers.js'
import { entriesAt, textAt } from './json.js'

/** A data endpoint that the beacon's `/map` lists. */
export interface Endpoint {
  /** As reports name it: `/individuals/{id}/biosamples`. */
  readonly name: string
  /** Absolute URL template; a relative one of the map is resolved against the base. */
  readonly url: string
  readonly kind: 'list' | 'single' | 'related' | 'terms'
  /** Entry type that the map lists it under. */
  readonly owner: string
  /** Entry type of its records. */
  readonly returns: string
}

/** A URL of the map as it stands there, with its place. */
export interface MapUrl {
  readonly pointer: string
  readonly url: string
}

const PLACEHOLDER = /\{([^}]*)\}/g

/** @returns undefined when the text is no URL, not even against the base */
export function toAbsolute(url: string, base: string): string | undefined {
  // A template is no URL for the parser, which would encode its braces.
  if (/^https?:\/\/[^/]/i.test(url)) return url
  if (url.includes('://') || url === '') return undefined
  return url.startsWith('/') ? new URL(base).origin + url : `${base}/${url}`
}

/** Every URL that a map answer holds. */
export function mapUrls(map: unknown): readonly MapUrl[] {
  return entriesAt(map, 'response', 'endpointSets').flatMap(([name, set]) => {
    const place = `/response/endpointSets/${name}`
    const own = ['rootUrl', 'singleEntryUrl', 'openAPIEndpointsDefinition'].flatMap((key) => {
      const url = textAt(set, key)
      return url === undefined ? [] : [{ pointer: `${place}/${key}`, url }]
    })
    const related = entriesAt(set, 'endpoints').flatMap(([key, endpoint]) => {
      const url = textAt(endpoint, 'url')
      return url === undefined ? [] : [{ pointer: `${place}/endpoints/${key}/url`, url }]
    })
    return [...own, ...related]
  })
}

/** The endpoints of a map answer, each URL once. */
export function toEndpoints(map: unknown, base: string): readonly Endpoint[] {
  const found = new Map<string, Endpoint>()
  const add = (url: string | undefined, kind: Endpoint['kind'], owner: string, returns: string) => {
    const absolute = url === undefined ? undefined : toAbsolute(url, base)
    if (absolute === undefined || found.has(absolute)) return
    const name = absolute.startsWith(base)
      ? absolute.slice(base.length) || '/'
      : absolute.replace(/^https?:\/\/[^/]+/, '')
    found.set(absolute, {
      name,
      url: absolute,
      kind: /\/filtering_terms\/?$/.test(absolute) ? 'terms' : kind,
      owner: canonicalType(owner),
      returns: canonicalType(returns),
    })
  }
  for (const [name, set] of entriesAt(map, 'response', 'endpointSets')) {
    const owner = textAt(set, 'entryType') ?? name
    add(textAt(set, 'rootUrl'), 'list', owner, owner)
    add(textAt(set, 'singleEntryUrl'), 'single', owner, owner)
    for (const [, endpoint] of entriesAt(set, 'endpoints')) {
      const url = textAt(endpoint, 'url')
      const returns = textAt(endpoint, 'returnedEntryType') ?? owner
      // Some maps list the single entry among the related endpoints.
      const isRelated = url !== undefined && /\{[^}]*\}\/./.test(url)
      add(url, isRelated || !url?.includes('{') ? 'related' : 'single', owner, returns)
    }
  }
  return [...found.values()]
}

export function hasPlaceholder(url: string): boolean {
  return url.search(PLACEHOLDER) >= 0
}

/**
 * Fills `{id}`, or whatever a template calls it, from a record.
 *
 * @param record any object with an id; `{name}` takes the member of that name first
 */
export function fillTemplate(url: string, record: unknown): string | undefined {
  let isFilled = true
  const filled = url.replace(PLACEHOLDER, (_all, name: string) => {
    const value = textAt(record, name) ?? textAt(record, 'id') ?? textAt(record, 'variantInternalId')
    if (value === undefined) isFilled = false
    return encodeURIComponent(value ?? '')
  })
  return isFilled ? filled : undefined
}
