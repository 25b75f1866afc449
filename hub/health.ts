import type { Express } from 'express'
import { addEndpoint } from './endpoint.js'

/** Where the process is in its life; the one thing about a hub that changes. */
export interface Lifecycle {
  readonly draining: boolean
}

/** Live while the process runs; ready while it takes new work. Regions that are down do not make the hub unready. */
export function addHealthRoutes(app: Express, lifecycle: Lifecycle): void {
  const isReady = () => !lifecycle.draining
  addEndpoint(app, '/health/live', { get: (_request, response) => void response.json({ live: true }) })
  addEndpoint(app, '/health/ready', {
    get: (_request, response) => void response.status(isReady() ? 200 : 503).json({ ready: isReady() }),
  })
  addEndpoint(app, '/health', {
    get: (_request, response) => void response.status(isReady() ? 200 : 503).json({ live: true, ready: isReady() }),
  })
}
