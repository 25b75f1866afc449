import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint } from 'jose'
import { runHubCli } from './cli.js'

let directory: string

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'fyr-hub-')), 'hub')
})

afterEach(() => rmSync(join(directory, '..'), { recursive: true }))

async function run(args: readonly string[]) {
  let out = ''
  let err = ''
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) }
  const exitCode = await runHubCli(args, io)
  return { exitCode, out, err }
}

const init = () => run(['init', directory, '--id', 'se.fyr.hub', '--name', 'Fyr', '--allow-private'])
const NORR = ['--id', 'se.fyr.norr', '--name', 'Region Norr', '--url', 'http://127.0.0.1:8081/beacon/v2']

describe('fyr-hub', () => {
  test('init, region add and region list', async () => {
    expect(await init()).toMatchObject({ exitCode: 0, err: '' })
    expect((await run(['region', 'list', directory])).out).toBe('no regions\n')
    expect(await run(['region', 'add', directory, ...NORR])).toMatchObject({ exitCode: 0, err: '' })
    expect((await run(['region', 'list', directory])).out).toBe(
      'se.fyr.norr  http://127.0.0.1:8081/beacon/v2  Region Norr\n',
    )
    expect(JSON.parse((await run(['region', 'list', directory, '--json'])).out)).toEqual([
      { id: 'se.fyr.norr', name: 'Region Norr', url: 'http://127.0.0.1:8081/beacon/v2' },
    ])
  })

  test('init makes a key for its owner alone, and key prints its public half', async () => {
    await init()
    const file = join(directory, 'hub-key.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const secret = JSON.parse(readFileSync(file, 'utf8'))
    const { x, y } = secret
    const published = { crv: 'P-256', kty: 'EC', x, y, kid: 'se.fyr.hub-1', alg: 'ES256', use: 'sig' }
    const { exitCode, out, err } = await run(['key', directory])
    expect({ exitCode, err, out: JSON.parse(out) }).toEqual({ exitCode: 0, err: '', out: published })
    expect(out).not.toContain(secret.d)
    const { out: thumbprint } = await run(['key', directory, '--thumbprint'])
    expect(thumbprint).toBe(`${await calculateJwkThumbprint(published)}\n`)
  })

  test.each([
    [
      'a key that is not there',
      () => rmSync(join(directory, 'hub-key.json')),
      /hub-key\.json: cannot be read \(ENOENT\)/,
    ],
    ['no JSON', () => writeFileSync(join(directory, 'hub-key.json'), 'x'), /hub-key\.json: is no JSON\n/],
    [
      'a public key',
      () => writeFileSync(join(directory, 'hub-key.json'), '{"kty":"EC"}'),
      /is a public key, which cannot sign/,
    ],
  ])('with %s, key and serve fail with one sentence', async (_what, spoil, message) => {
    await init()
    spoil()
    for (const command of ['key', 'serve']) {
      const { exitCode, err } = await run([command, directory])
      expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(message) })
    }
  })

  test('a hub without a key has none to print', async () => {
    await init()
    const file = join(directory, 'hub.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^signing:\n( .*\n)+/m, ''))
    expect(await run(['key', directory])).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/names no key: it has no signing/),
    })
  })

  test('init into a hub fails and changes nothing', async () => {
    await init()
    const before = readFileSync(join(directory, 'hub.yaml'), 'utf8')
    const { exitCode, err } = await run(['init', directory, '--id', 'se.fyr.other', '--name', 'Other'])
    expect(exitCode).toBe(1)
    expect(err).toMatch(/already holds a hub/)
    expect(readFileSync(join(directory, 'hub.yaml'), 'utf8')).toBe(before)
  })

  test.each([
    ['region list of nothing', ['region', 'list', '/nowhere'], 1, /hub\.yaml: cannot be read/],
    ['serve of nothing', ['serve', '/nowhere'], 1, /hub\.yaml: cannot be read/],
    ['a bad id', ['init', '/nowhere', '--id', 'Hub', '--name', 'x'], 2, /reverse domain name/],
    ['an empty name', ['init', '/nowhere', '--id', 'se.fyr.hub', '--name', ' '], 2, /must not be empty/],
    ['no name', ['init', '/nowhere', '--id', 'se.fyr.hub'], 2, /--name/],
    [
      'a bad URL',
      ['region', 'add', '/nowhere', '--id', 'se.fyr.a', '--name', 'A', '--url', 'ftp://a'],
      2,
      /http or https/,
    ],
    ['a bad port', ['serve', '/nowhere', '--port', '70000'], 2, /port from 0/],
    ['an unknown command', ['dance'], 2, /unknown command/],
    ['no command', [], 2, /Usage/],
    ['no subcommand', ['region'], 2, /Usage/],
  ] as const)('%s', async (_what, args, exitCode, message) => {
    const result = await run(args)
    expect(result.exitCode).toBe(exitCode)
    expect(result.err).toMatch(message)
    expect(result.err).not.toMatch(/^\s+at /m)
  })

  test('a region twice is a failure with one sentence', async () => {
    await init()
    await run(['region', 'add', directory, ...NORR])
    expect(await run(['region', 'add', directory, ...NORR])).toEqual({
      exitCode: 1,
      out: '',
      err: 'fyr-hub: there is already a region se.fyr.norr\n',
    })
  })

  test('serve says where it is in one line, and ends with 0 on SIGTERM', async () => {
    await init()
    const main = fileURLToPath(new URL('./main.js', import.meta.url))
    const child = spawn(process.execPath, [main, 'serve', directory, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString()
        if (out.includes('\n')) resolve()
      })
      child.on('exit', () => resolve())
    })
    const match = /^se\.fyr\.hub is ready at (\S+) \(listening on \S+, admin (\S+)\)\n$/.exec(out)
    expect({ out, err, match }).toMatchObject({ match: expect.anything() })
    expect((await fetch(`${match![1]}/health/ready`)).status).toBe(200)
    expect((await fetch(`${match![2]}/metrics`)).status).toBe(200)
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    for (const line of err.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ service: 'se.fyr.hub' })
  })
})
