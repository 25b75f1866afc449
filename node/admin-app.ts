import express, { type Express } from 'express'
import { sendJson } from './send.js'

export interface Health {
  /** False while the process drains, or cannot serve yet. */
  ready(): boolean
}

/** What `/metrics` answers. */
export interface MetricsText {
  readonly contentType: string
  readonly text: () => Promise<string>
}

export function healthRoutes(health: Health): express.Router {
  const router = express.Router()
  router.get('/live', (_request, response) => sendJson(response, 200, { live: true }))
  router.get('/ready', (_request, response) => {
    const ready = health.ready()
    sendJson(response, ready ? 200 : 503, { ready })
  })
  router.get('/', (_request, response) => {
    const ready = health.ready()
    sendJson(response, ready ? 200 : 503, { live: true, ready })
  })
  return router
}

/** What the admin listener serves beside metrics and health. */
export interface AdminRoutes {
  /** The admin API. */
  readonly access: express.Router
  /** The checkpoints of the audit log. */
  readonly checkpoints: express.Router
}

/** The application of the admin listener, on loopback. */
export function createAdminApp(health: Health, metrics: MetricsText, { access, checkpoints }: AdminRoutes): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use('/health', healthRoutes(health))
  app.use('/admin/v1', access)
  app.use('/audit', checkpoints)
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text())
  })
  app.use((_request, response) => sendJson(response, 404, { error: 'not found' }))
  return app
}
