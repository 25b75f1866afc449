import { createServer } from 'node:http'
import { pino } from 'pino'
import { ADMIN_HOST, toAdminPort, type NodeConfig } from '../../schemas/index.js'
import { createAdminApp } from '../admin-app.js'
import { openAccessAdmin } from '../admin/open-access-admin.js'
import { checkpointRoutes } from '../audit/checkpoint-routes.js'
import { openCheckpoints } from '../audit/open-checkpoints.js'
import { drainListener, startListener } from '../listener.js'
import { openLogDestination, STANDARD_ERROR } from '../log-destination.js'
import { labelWorker, mergeMetrics } from '../metrics/merge-metrics.js'
import { createPrimaryMetrics } from '../metrics/metrics.js'
import { waitForStopSignal } from '../stop-signal.js'
import { startWorkerPool } from './worker-pool.js'

const PRIMARY = 'primary'

/**
 * Serves a node with several processes until SIGTERM or SIGINT, then drains them all. This process takes no requests: it
 * replaces workers that end, has the admin listener with the metrics of all, and makes the checkpoints of their audit logs.
 *
 * @param onReady told the addresses once every worker takes requests
 * @throws ConfigError, ServeError when no worker can serve, or Error when a port is taken
 */
export async function serveWithWorkers(
  directory: string,
  config: NodeConfig,
  size: number,
  onReady: (url: string, adminUrl: string) => void,
): Promise<void> {
  const stopped = waitForStopSignal()
  const base = { service: config.id, worker: PRIMARY }
  const log = pino({ level: config.logLevel, base }, openLogDestination(STANDARD_ERROR))
  const adminPort = toAdminPort(config.listen)
  let isDraining = false
  let listening = () => 0
  const metrics = createPrimaryMetrics(size, () => listening())
  let text = () => metrics.registry.metrics()
  // One worker that is being replaced is no reason to send everybody elsewhere.
  const health = { ready: () => !isDraining && listening() * 2 >= size }
  const contentType = metrics.registry.contentType
  const accessAdmin = openAccessAdmin(directory, config, {
    now: () => new Date(),
    onFault: (err) => log.error({ err }, 'a request of the admin API failed'),
  })
  const routes = { access: accessAdmin.routes, checkpoints: checkpointRoutes(directory, config.id) }
  const adminServer = createServer(createAdminApp(health, { contentType, text: () => text() }, routes))
  const adminUrl = await startListener(adminServer, ADMIN_HOST, adminPort)
  const pool = startWorkerPool(directory, config, size, log, () => metrics.replacements.inc())
  const now = () => new Date()
  const checkpoints = await openCheckpoints(directory, config, { now, log, registry: metrics.registry })
  listening = () => pool.listening()
  text = async () => {
    const own = labelWorker(await metrics.registry.getMetricsAsJSON(), PRIMARY)
    return mergeMetrics([own, ...(await pool.metrics())]).metrics()
  }
  try {
    void pool.ready.then((url) => {
      log.info({ url, adminUrl, workers: size }, 'listening')
      onReady(url, adminUrl)
    })
    await Promise.race([stopped, pool.failed])
  } finally {
    isDraining = true
    await Promise.all([pool.stop(), drainListener(adminServer)])
    accessAdmin.close()
    await checkpoints.stop()
  }
}
