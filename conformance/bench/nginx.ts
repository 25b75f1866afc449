import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopProcess, type Service } from '../support/processes.js'

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const PATIENCE_MS = 5_000

/** Debian's nginx, serving the files of a folder with the settings that are best for it. */
export async function startNginx(directory: string, folder: string): Promise<Service> {
  const home = join(directory, 'nginx')
  mkdirSync(home, { recursive: true })
  const port = await findFreePort()
  const config = join(home, 'nginx.conf')
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${home}/pid; error_log ${home}/error.log;
events {}
http {
  access_log ${home}/access.log; sendfile on; tcp_nopush on;
  client_body_temp_path ${home}; proxy_temp_path ${home}; fastcgi_temp_path ${home}; uwsgi_temp_path ${home};
  scgi_temp_path ${home};
  server { listen 127.0.0.1:${port}; root ${folder}; }
}
`,
  )
  const child = spawn('nginx', ['-c', config, '-e', join(home, 'error.log')], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  for (let waited = 0; ; waited += 100) {
    if (child.exitCode !== null || waited > PATIENCE_MS) throw new Error(`nginx does not serve; see ${home}/error.log`)
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isUp) break
    await sleep(100)
  }
  return {
    url,
    pid: child.pid!,
    stop: () => stopProcess(child),
  }
}
