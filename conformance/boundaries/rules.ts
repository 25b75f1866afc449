/** The import rules of the architecture (docs/architecture.md) as data. */

/** What a top folder may import beside itself: whole folders, or single files without extension. */
export const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  node: ['schemas'],
  hub: ['schemas'],
  conformance: ['schemas', 'node/create-node', 'hub/create-hub'],
  deploy: ['schemas', 'node/create-node', 'hub/create-hub'],
}

/** Pairs of folders that never import each other. */
export const STRANGERS: readonly (readonly [string, string])[] = [['node/beacon', 'node/htsget']]

/** Folders that know no HTTP and no policy. The Grant is the one thing of access that a store must see. */
export const PLAIN_FOLDERS: readonly string[] = ['node/variants', 'node/formats', 'node/storage']
export const PLAIN_FOLDERS_NEVER_IMPORT: readonly string[] = [
  'node/access',
  'node/audit',
  'node/beacon',
  'node/htsget',
  'node/privacy',
]
export const PLAIN_FOLDERS_MAY_IMPORT: readonly string[] = ['node/access/grant']
export const HTTP_PACKAGES: readonly string[] = ['express', 'helmet', 'http', 'http2', 'https']

/** The only places that open connections to others. */
export const OUTBOUND_FOLDERS: readonly string[] = [
  'node/storage',
  'node/access',
  'node/audit',
  'node/link',
  'hub/fan-out',
  'hub/regions',
  'hub/session',
  'hub/client',
]
/** Clients of what is tested, beside the test files themselves: every folder of this name, and the black-box suites. */
export const TEST_SUPPORT_FOLDER = 'testing'
export const BLACK_BOX_FOLDER = 'conformance'
/** Runs in the browser, where fetch is the way back to the hub that served the page. */
export const BROWSER_FOLDER = 'hub/portal'

/** Packages that exist to open connections. */
export const OUTBOUND_PACKAGES: readonly string[] = ['@aws-sdk/client-s3', 'axios', 'got', 'node-fetch', 'undici']

/** Names in Node's own modules that open connections; the rest of these modules is for servers. */
export const OUTBOUND_NAMES: Readonly<Record<string, readonly string[]>> = {
  dgram: ['createSocket', 'Socket'],
  http: ['request', 'get', 'ClientRequest'],
  http2: ['connect'],
  https: ['request', 'get'],
  net: ['connect', 'createConnection', 'Socket'],
  tls: ['connect'],
}

/** Who makes the rights, and who makes what may leave; nobody else, so that the types force the order of the request path. */
export const GRANT_FOLDER = 'node/access'
export const DISCLOSED_FOLDER = 'node/privacy'

/** Names that say nothing about what a folder holds. */
export const VAGUE_FOLDERS: readonly string[] = ['common', 'controllers', 'helpers', 'services', 'utils']

export const MAXIMUM_LINES = 300
/** A longer file begins (within its first lines) with a comment that says why. */
export const LONG_FILE_REASON = /^\/\/ Over 300 lines: \S.*/
export const LONG_FILE_REASON_WITHIN = 10
