import type { HtsgetError, HtsgetErrorType } from '../../schemas/index.js'
import { toHttpStatus, type NodeError, type NodeErrorCode } from '../errors.js'

function toErrorType(code: NodeErrorCode): HtsgetErrorType {
  switch (code) {
    case 'unauthenticated':
      return 'InvalidAuthentication'
    case 'permission_denied':
      return 'PermissionDenied'
    case 'not_found':
      return 'NotFound'
    case 'payload_too_large':
      return 'PayloadTooLarge'
    case 'unsupported_format':
      return 'UnsupportedFormat'
    case 'invalid_input':
    case 'unsupported_media_type':
      return 'InvalidInput'
    case 'invalid_range':
    case 'range_not_satisfiable':
      return 'InvalidRange'
    case 'method_not_allowed':
      return 'MethodNotAllowed'
    case 'internal':
      return 'InternalServerError'
    case 'unavailable':
      return 'ServiceUnavailable'
  }
}

/** An error in htsget's form. Its word for input that cannot be read is one with 400, whatever was wrong with it. */
export function toHtsgetError({ code, message }: NodeError): { readonly status: number; readonly body: HtsgetError } {
  const status = code === 'unsupported_media_type' ? toHttpStatus('invalid_input') : toHttpStatus(code)
  return { status, body: { htsget: { error: toErrorType(code), message } } }
}
