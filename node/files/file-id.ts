import { posix } from 'node:path'
import { parseLocation } from '../storage/location.js'
import { FilesError } from './files-error.js'

/** Characters that stand unchanged in the path of a URL (RFC 3986, 3.3), which is where ids stand. */
const SEGMENT = /^[A-Za-z0-9._~:@!$'()*+,;=-]+$/
const MOST_CHARACTERS = 255
/** htsget 1.3, "Service info": it has the place of an id. */
const RESERVED = 'service-info'

const KNOWN_ENDINGS = /\.(?:bam|cram|bcf|vcf|vcf\.gz|vcf\.bgz)(?:\.c4gh)?$/i

/** Why a text can be no htsget id; undefined when it can. */
export function whyNoFileId(id: string): string | undefined {
  if (id.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`
  if (id === RESERVED) return 'is reserved by the standard'
  const segments = id.split('/')
  // Clients and proxies take such segments away.
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'has an empty part, "." or ".." between slashes'
  }
  if (!segments.every((segment) => SEGMENT.test(segment))) {
    return `may have letters, digits, "/" and -._~:@!$'()*+,;= alone`
  }
  return undefined
}

/** @throws FilesError */
export function checkFileId(id: string): void {
  const reason = whyNoFileId(id)
  // The text is shown as JSON, because it may hold anything.
  if (reason !== undefined)
    throw new FilesError(`${JSON.stringify(id)} is no id of a file: it ${reason}; give one by --id`)
}

/** `DATASET/NAME`, of the file's name without the endings of its format. @throws StorageError no location */
export function toDefaultId(datasetId: string, text: string): string {
  const location = parseLocation(text)
  const path =
    location.kind === 'local' ? location.path : location.kind === 's3' ? location.key : decodePath(location.url)
  return `${datasetId}/${posix.basename(path).replace(KNOWN_ENDINGS, '')}`
}

function decodePath({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}
