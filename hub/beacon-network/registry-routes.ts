import type { Express } from 'express'
import { SCHEMAS } from '../../schemas/index.js'
import { addEndpoint } from '../endpoint.js'
import { HubError } from '../errors.js'
import type { HubIdentity } from './informational.js'
import { toExternalService, toRegistryServiceInfo, toServiceTypes } from './service-registry.js'

/** GA4GH service-registry over the regions, and the schemas of our documents. */
export function addRegistryRoutes(app: Express, identity: () => HubIdentity): void {
  const { regions } = identity().config
  const schemas: ReadonlyMap<string, object> = new Map(Object.entries(SCHEMAS))

  addEndpoint(app, '/service-info', {
    get: (_request, response) => void response.json(toRegistryServiceInfo(identity())),
  })
  addEndpoint(app, '/services', { get: (_request, response) => void response.json(regions.map(toExternalService)) })
  addEndpoint(app, '/services/types', { get: (_request, response) => void response.json(toServiceTypes(regions)) })
  addEndpoint(app, '/services/:id', {
    get(request, response) {
      const region = regions.find(({ id }) => id === request.params['id'])
      if (!region) throw new HubError('not_found', 'there is no service of this id')
      response.json(toExternalService(region))
    },
  })
  addEndpoint(app, '/schemas/*path', {
    get(request, response) {
      const path = request.params['path']
      const schema = schemas.get(Array.isArray(path) ? path.join('/') : String(path))
      if (!schema) throw new HubError('not_found', 'there is no schema of this path')
      response.json(schema)
    },
  })
}
