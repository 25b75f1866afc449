import {
  API_VERSION_2_2,
  unreadRequestSummary,
  type ErrorResponse,
  type Granularity,
  type ReceivedRequestSummary,
} from '../schemas/index.js'

export type ErrorCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_format'
  | 'rate_limited'
  | 'unavailable'
  | 'internal'

/** A request that cannot be served. `message` goes to the client, `reason` only to the log; neither holds what was asked. */
export class HubError extends Error {
  override readonly name = 'HubError'
  readonly code: ErrorCode
  readonly reason: string | undefined
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string | undefined

  constructor(code: ErrorCode, message: string, reason?: string, challenge?: string) {
    super(message)
    this.code = code
    this.reason = reason
    this.challenge = challenge
  }
}

/** When to ask again, seconds: most questions are over well within it. */
export const RETRY_AFTER_SECONDS = 1

/** What a request without requestedGranularity gets. */
export const DEFAULT_GRANULARITY: Granularity = 'count'

export function toHttpStatus(code: ErrorCode): number {
  switch (code) {
    case 'invalid_input':
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
    case 'unsupported_format':
      return 415
    case 'rate_limited':
      return 429
    case 'internal':
      return 500
    case 'unavailable':
      return 503
  }
}

function toTitle(code: ErrorCode): string {
  switch (code) {
    case 'invalid_input':
      return 'Invalid request'
    case 'unauthenticated':
      return 'Not authenticated'
    case 'permission_denied':
      return 'Permission denied'
    case 'not_found':
      return 'Not found'
    case 'method_not_allowed':
      return 'Method not allowed'
    case 'payload_too_large':
      return 'Request too large'
    case 'unsupported_format':
      return 'Unsupported media type'
    case 'rate_limited':
      return 'Too many questions'
    case 'internal':
      return 'Internal error'
    case 'unavailable':
      return 'Unavailable'
  }
}

/** Problem details, RFC 9457. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** `rate_limited`: an extension member, so that a client can tell it from a fault. */
  readonly code?: ErrorCode
}

export function toProblem(error: HubError): Problem {
  return {
    type: 'about:blank',
    title: toTitle(error.code),
    status: toHttpStatus(error.code),
    detail: error.message,
    ...(error.code === 'rate_limited' ? { code: error.code } : {}),
  }
}

/** Beacon error response; `summary` is the echo of a request that could be read. */
export function toBeaconError(error: HubError, beaconId: string, summary?: ReceivedRequestSummary): ErrorResponse {
  const receivedRequestSummary = summary ?? unreadRequestSummary(DEFAULT_GRANULARITY)
  return {
    meta: {
      beaconId,
      apiVersion: API_VERSION_2_2,
      returnedGranularity: 'boolean',
      returnedSchemas: [],
      receivedRequestSummary,
    },
    error: {
      errorCode: toHttpStatus(error.code),
      errorMessage: error.message,
      ...(error.code === 'rate_limited' ? { reason: error.code } : {}),
    },
  }
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null | undefined)?.status
  return typeof status === 'number' ? status : undefined
}

/** Everything that express and its body parser throw, as one of ours. Their messages quote the body, so none is passed on. */
export function toHubError(error: unknown): HubError {
  if (error instanceof HubError) return error
  const status = statusOf(error)
  switch (status) {
    case 400:
      return new HubError('invalid_input', 'the request body is not JSON, or the path is not properly encoded')
    case 404:
      return new HubError('not_found', 'there is nothing at this path')
    case 413:
      return new HubError('payload_too_large', 'the request body is larger than 32 kB')
    case 415:
      return new HubError('unsupported_format', 'send the request body as application/json, UTF-8, not compressed')
    default:
      if (status !== undefined && status > 400 && status < 500)
        return new HubError('invalid_input', 'this request cannot be served')
      return new HubError('internal', 'something went wrong here', error instanceof Error ? error.name : typeof error)
  }
}
