import { startObjectServer, type ObjectServer } from './stored-object.js'

/** A web server that gives stretches of files. */
export function startWebServer(): Promise<ObjectServer> {
  return startObjectServer((response, status, headers = {}) => {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers })
    response.end(`this is HTTP ${status}`)
  })
}
