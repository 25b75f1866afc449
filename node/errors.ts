/** Every way a request can fail, whatever the protocol. */
export type NodeErrorCode =
  | 'invalid_input'
  | 'invalid_range'
  | 'unsupported_format'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'payload_too_large'
  | 'range_not_satisfiable'
  | 'unavailable'
  | 'internal'

const DEFAULT_HEADERS: Readonly<Partial<Record<NodeErrorCode, readonly string[]>>> = {
  method_not_allowed: ['allow', 'GET, POST'],
  unauthenticated: ['www-authenticate', 'Bearer'],
}

/** A failed request: `message` is safe for the client, `reason` is for log and audit only. */
export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly code: NodeErrorCode
  /** A word for programs, sent with the message. */
  readonly detail: string | undefined
  /** Header names and values, in turn, that go with it whatever the protocol. */
  readonly headers: readonly string[]

  constructor(
    code: NodeErrorCode,
    message: string,
    options: { detail?: string; headers?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.headers = options.headers ?? DEFAULT_HEADERS[code] ?? []
  }
}

export function toHttpStatus(code: NodeErrorCode): number {
  switch (code) {
    case 'invalid_input':
    case 'invalid_range':
    case 'unsupported_format':
      return 400
    case 'unauthenticated':
      return 401
    case 'permission_denied':
      return 403
    case 'not_found':
      return 404
    case 'method_not_allowed':
      return 405
    case 'payload_too_large':
      return 413
    case 'unsupported_media_type':
      return 415
    case 'range_not_satisfiable':
      return 416
    case 'internal':
      return 500
    case 'unavailable':
      return 503
  }
}

/** body-parser's and express's own errors, by their `type` or `status`. */
function fromExpress(error: { readonly type?: unknown; readonly status?: unknown }): NodeError | undefined {
  switch (error.type) {
    case 'entity.parse.failed':
      return new NodeError('invalid_input', 'the request body is not valid JSON')
    case 'entity.too.large':
      return new NodeError('payload_too_large', 'the request body is too large')
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new NodeError('unsupported_media_type', 'send the request body as uncompressed UTF-8 application/json')
    default:
      return error.status === 400 ? new NodeError('invalid_input', 'the request cannot be read') : undefined
  }
}

/** The one funnel from anything thrown to an error that may be answered. Cannot throw. */
export function toNodeError(error: unknown): NodeError {
  if (error instanceof NodeError) return error
  const known = typeof error === 'object' && error !== null ? fromExpress(error) : undefined
  return known ?? new NodeError('internal', 'the node failed to answer', { cause: error })
}
