import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { appendFileSync, cpSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { createFixtureNetwork } from './support/fixture-network.js'
import { mustRun, runCommand, startService, type Service } from './support/processes.js'

const MINUTE = 60_000
const network = createFixtureNetwork()
const hub = join(network.directory, 'hub')
let home: string
let hubPort: number
let hubService: Service | undefined

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const serveHub = () => startService('hub/main.js', 'serve', hub, '--port', String(hubPort), '--admin-port', '0')
const print = async (...args: Parameters<typeof mustRun>) => (await mustRun(...args)).trim()
const verify = (...options: string[]) => runCommand('node/main.js', 'audit', 'verify', home, ...options)

/** A node that serves, is asked so many times, and stops, which makes a checkpoint. */
async function live(questions: number, ...options: string[]): Promise<void> {
  const service = await startService('node/main.js', 'serve', home, '--port', '0', ...options)
  const query = 'assemblyId=GRCh38&referenceName=1&start=999&referenceBases=A&alternateBases=C'
  for (let i = 0; i < questions; i++) {
    const response = await fetch(`${service.url}/beacon/v2/g_variants?${query}`)
    expect(response.status).toBe(200)
    await response.arrayBuffer()
  }
  await service.stop()
}

beforeAll(async () => {
  hubPort = await freePort()
  home = await network.makeNode('norr', [{ id: 'd' }])
  await mustRun('hub/main.js', 'init', hub, '--id', 'se.fyr.hub', '--name', 'Hub', '--allow-private')
  const auditKey = await print('node/main.js', 'audit', 'key', home)
  const url = 'http://127.0.0.1:9/beacon/v2'
  const region = ['--id', 'se.fyr.norr', '--name', 'Norr', '--url', url, '--audit-key', auditKey]
  await mustRun('hub/main.js', 'region', 'add', hub, ...region)
  const publicKey = await print('hub/main.js', 'witness', 'key', hub)
  const witnesses = [{ name: 'hub', url: `http://127.0.0.1:${hubPort}/witness`, publicKey }]
  appendFileSync(join(home, 'node.yaml'), stringify({ audit: { witnesses, allowPrivate: true } }))
  hubService = await serveHub()
}, MINUTE)
afterAll(async () => {
  await hubService?.stop()
  await network.stop()
})

test(
  'a log that was put back to an earlier state, with all its checkpoints, is found by asking the hub',
  async () => {
    await live(3)
    const early = `${home}.early`
    cpSync(home, early, { recursive: true })
    await live(4, '--workers', '2')
    const whole = await verify('--witnesses')
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    expect(whole.stdout).toMatch(
      /^witness hub: cosigned checkpoint \d of \d+ entries at \S+; says \d+ entries at \S+, which are in the log$/m,
    )

    const late = `${home}.late`
    renameSync(home, late)
    renameSync(early, home)
    expect((await verify()).code).toBe(0)
    expect(await verify('--witnesses')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^fyr-node: a witness does not confirm the log: hub: it cosigned \d+ entries at \S+, and the checkpoints here cover \d+\n$/,
      ),
    })

    // It goes on with another history, which the hub does not cosign: from then on verify knows by itself.
    await live(9)
    expect(await verify()).toMatchObject({ code: 1, stderr: expect.stringContaining('hub: it refused checkpoint') })
    expect(await verify('--witnesses')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('that are not those of this log'),
    })

    // The true log is the one that the hub cosigned, and goes on.
    rmSync(home, { recursive: true })
    renameSync(late, home)
    await live(1)
    expect((await verify('--witnesses')).code).toBe(0)
    const listed = await print('hub/main.js', 'witness', 'list', hub)
    expect(listed).toMatch(/^se\.fyr\.norr\/audit: \d+ entries at /)
  },
  2 * MINUTE,
)

test(
  'a hub that is killed, or down, keeps no node from answering, and remembers what it cosigned',
  async () => {
    const before = await print('hub/main.js', 'witness', 'list', hub, '--json')
    process.kill(hubService!.pid, 'SIGKILL')
    await live(2)
    const down = await verify('--witnesses')
    expect(down).toMatchObject({ code: 1, stderr: expect.stringContaining('hub: it cannot be asked') })
    expect((await verify()).code).toBe(0)
    expect(await print('hub/main.js', 'witness', 'list', hub, '--json')).toBe(before)
    hubService = await serveHub()
    await live(1)
    expect((await verify('--witnesses')).code).toBe(0)
  },
  2 * MINUTE,
)

test('a key of a witness that was put into node.yaml is found by one that was kept elsewhere', async () => {
  const key = await print('hub/main.js', 'witness', 'key', hub)
  expect((await verify('--witness-key', key)).code).toBe(0)
  const other = await print('node/main.js', 'witness', 'key', home)
  expect(await verify('--witness-key', other)).toMatchObject({
    code: 1,
    stderr: 'fyr-node: the key of hub in node.yaml is none of those that were given\n',
  })
  expect(readFileSync(join(home, 'node.yaml'), 'utf8')).toContain(key)
})
