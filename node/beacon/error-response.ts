import { API_VERSION, unreadRequestSummary, type ErrorResponse, type NodeConfig } from '../../schemas/index.js'
import { toHttpStatus, type NodeError } from '../errors.js'

/** An error in Beacon's form. The code is the HTTP status; the whole meta is demanded of errors too. */
export function toErrorResponse(config: NodeConfig, error: NodeError): ErrorResponse {
  return {
    meta: {
      beaconId: config.id,
      apiVersion: API_VERSION,
      returnedGranularity: config.defaultGranularity,
      returnedSchemas: [],
      receivedRequestSummary: unreadRequestSummary(config.defaultGranularity),
    },
    error: {
      errorCode: toHttpStatus(error.code),
      errorMessage: error.message,
      ...(error.detail === undefined ? {} : { reason: error.detail }),
    },
  }
}
