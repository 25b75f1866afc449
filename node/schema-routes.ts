import { Router } from 'express'
import { SCHEMAS } from '../schemas/index.js'
import { NodeError } from './errors.js'
import { sendJsonText } from './send.js'

const schemaBodies = new Map(Object.entries(SCHEMAS).map(([path, schema]) => [path, JSON.stringify(schema)]))

/** Serves our JSON Schemas by path. */
export function createSchemaRoutes(): Router {
  const router = Router()
  router.get('/*path', (request, response) => {
    const body = schemaBodies.get(request.params['path'].join('/'))
    if (body === undefined) throw new NodeError('not_found', 'there is no such schema')
    sendJsonText(response, 200, body)
  })
  return router
}
