import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const PATH = '/callback'

function toPage(text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>fyr</title><p>${text}</p></html>\n`
}

/** Where the browser comes back to, on loopback (RFC 8252 section 7.3). */
export interface RedirectListener {
  readonly redirectUri: string
  /** What the first redirect with the right state says. Others, which anybody on the machine could send, are turned away. */
  readonly answer: Promise<URLSearchParams>
  close(): void
}

export async function openRedirectListener(state: string): Promise<RedirectListener> {
  let resolveAnswer: (answer: URLSearchParams) => void = () => undefined
  const answer = new Promise<URLSearchParams>((resolve) => (resolveAnswer = resolve))
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const isOurs = request.method === 'GET' && pathname === PATH && searchParams.get('state') === state
    response.writeHead(isOurs ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'",
      'referrer-policy': 'no-referrer',
      connection: 'close',
    })
    response.end(
      toPage(isOurs ? 'Go back to your terminal; this page can be closed.' : 'There is nothing here.'),
      () => {
        if (isOurs) resolveAnswer(searchParams)
      },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    answer,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
