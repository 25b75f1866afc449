import { isBeaconPath, validateOurs } from '../../schemas/testing/validate-answer.js'
import { hasOfficialSchemas, validateOfficial } from './official-schemas.js'

/**
 * Throws unless an answer is valid by our schemas and, where they are present, by the official ones.
 *
 * @param path path or URL that was asked, e.g. `/beacon/v2/g_variants`
 */
export function assertValidAnswer(path: string, document: unknown): void {
  const official = hasOfficialSchemas() ? validateOfficial(path, document).map((error) => `official ${error}`) : []
  const errors = [...validateOurs(path, document), ...official]
  if (errors.length > 0) throw new Error(`the answer of ${path} is not valid:\n  ${errors.join('\n  ')}`)
}

/** The same for whatever a client may get: what is not of the Beacon API passes. */
export function assertValidIfBeacon(url: string, document: unknown): void {
  const { pathname, search } = new URL(url)
  if (isBeaconPath(pathname)) assertValidAnswer(pathname + search, document)
}
