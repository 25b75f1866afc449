import { closed, objectSchema, text } from '../json-schema.js'

/**
 * Those of htsget 1.3 first. The last three are for what it has no word for: a wrong method, a fault of the server, and a
 * server that cannot answer now.
 */
export const HTSGET_ERRORS = [
  'InvalidAuthentication',
  'PermissionDenied',
  'NotFound',
  'PayloadTooLarge',
  'UnsupportedFormat',
  'InvalidInput',
  'InvalidRange',
  'MethodNotAllowed',
  'InternalServerError',
  'ServiceUnavailable',
] as const

export type HtsgetErrorType = (typeof HTSGET_ERRORS)[number]

export interface HtsgetError {
  readonly htsget: { readonly error: HtsgetErrorType; readonly message: string }
}

export const htsgetErrorSchema = objectSchema(
  'htsget error',
  ['htsget'],
  {
    htsget: {
      type: 'object',
      required: ['error', 'message'],
      properties: { error: { enum: HTSGET_ERRORS }, message: text },
      ...closed,
    },
  },
  closed,
)
