import { fileURLToPath } from 'node:url'
import type { Express } from 'express'
import type { HubConfig } from '../../schemas/index.js'
import { addEndpoint } from '../endpoint.js'
import { toPage } from './page.js'
import { STYLE } from './style.js'

/** Root of the build. The URLs below /assets mirror it, so that the modules' relative imports hold. */
const BUILD = fileURLToPath(new URL('../../', import.meta.url))

/** Every module that the browser may load; nothing else of the build is served. */
const MODULES = [
  'hub/portal/main.js',
  'hub/portal/answer-text.js',
  'hub/portal/event-stream.js',
  'schemas/assembly.js',
  'schemas/network/verdict.js',
  'schemas/variant-text.js',
] as const

/** The portal: one page, one style sheet, and its modules from an explicit list. */
export function addPortalRoutes(app: Express, config: HubConfig): void {
  const page = toPage(config.name)
  addEndpoint(app, '/', { get: (_request, response) => void response.type('html').send(page) })
  addEndpoint(app, '/assets/style.css', { get: (_request, response) => void response.type('css').send(STYLE) })
  for (const file of MODULES) {
    addEndpoint(app, `/assets/${file}`, {
      get: (_request, response) => response.sendFile(file, { root: BUILD, acceptRanges: false }),
    })
  }
}
