import { readFileSync, writeFileSync } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import type { AccessConfig, HubTlsConfig, ListenTls } from '../../schemas/index.js'
import type { SignedRequest } from '../../schemas/testing/signed-request.js'
import { postJson } from './http-client.js'
import { mustRun } from './processes.js'

export interface ProofAnswer {
  readonly status: number
  readonly challenge: string | undefined
  readonly body: unknown
}

/**
 * Sends a request exactly as it is.
 *
 * @param to origin of the server, which may be another than that of the request's address
 * @param agent default: a connection of its own
 */
export function sendTo(to: string, request: SignedRequest, agent = new HttpAgent()): Promise<ProofAnswer> {
  const { pathname, search } = new URL(request.url)
  const isTls = agent instanceof HttpsAgent
  return new Promise((resolve, reject) => {
    const { method, body } = request
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const sent = (isTls ? httpsRequest : httpRequest)(
      to + pathname + search,
      { method, agent, headers: { ...length, ...request.headers } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const challenge = response.headers['www-authenticate']
          resolve({ status: response.statusCode!, challenge, body: text === '' ? undefined : JSON.parse(text) })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

export interface NodeSettings {
  readonly access?: AccessConfig
  readonly tls?: ListenTls
  readonly baseUrl?: string
}

/** Adds to the node.yaml that `init` wrote; JSON is YAML. */
export function configureNode(home: string, { access, tls, baseUrl }: NodeSettings): void {
  const file = join(home, 'node.yaml')
  const lines = [
    ...(access ? [`access: ${JSON.stringify(access)}`] : []),
    ...(baseUrl === undefined ? [] : [`baseUrl: ${baseUrl}`]),
  ]
  const listen = tls ? `\n  tls: ${JSON.stringify(tls)}` : ''
  const source = readFileSync(file, 'utf8').replace(/^ {2}port: \d+$/m, (port) => port + listen)
  writeFileSync(file, `${source}${lines.join('\n')}\n`)
}

/** Makes a hub; gives its directory, and its public key in a file. */
export async function makeHub(directory: string, name: string): Promise<{ home: string; publicKeyFile: string }> {
  const home = join(directory, name)
  await mustRun('hub/main.js', 'init', home, '--id', `se.fyr.${name}`, '--name', name, '--allow-private')
  const publicKeyFile = join(directory, `${name}.json`)
  writeFileSync(publicKeyFile, await mustRun('hub/main.js', 'key', home))
  return { home, publicKeyFile }
}

/** Puts regions, given as `[name, base URL]`, and further settings into the hub.yaml that `init` wrote. */
export function configureHub(home: string, regions: readonly (readonly [string, string])[], tls?: HubTlsConfig): void {
  const file = join(home, 'hub.yaml')
  const list = regions.map(([name, url]) => ({ id: `se.fyr.${name}`, name, url }))
  const added = tls ? `\ntls: ${JSON.stringify(tls)}` : ''
  const source = readFileSync(file, 'utf8').replace(
    /^regions: .*(?:\ntls: .*)?$/m,
    `regions: ${JSON.stringify(list)}${added}`,
  )
  writeFileSync(file, source)
}

/** Statuses of the regions in the answer to one question. */
export async function askRegions(hubUrl: string, question: object): Promise<Readonly<Record<string, string>>> {
  const { body } = await postJson(`${hubUrl}/beacon/v2/g_variants`, question)
  const { regions } = (body as { info: { regions: readonly { name: string; status: string }[] } }).info
  return Object.fromEntries(regions.map(({ name, status }) => [name, status]))
}
