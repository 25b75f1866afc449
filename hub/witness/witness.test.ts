import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  COSIGNATURE,
  hashOrigin,
  openCosignature,
  openVerifierKey,
  parseNote,
  toVerifierKey,
} from '../../schemas/index.js'
import { leafOf, makeTestKey, requestOf } from '../../schemas/testing/witnessed-log.js'
import { runHubCli } from '../cli.js'
import { readHubConfig } from '../config.js'
import { createHub, type Hub } from '../create-hub.js'

const key = makeTestKey('se.fyr.norr/audit')
const leaves = Array.from({ length: 12 }, (_, i) => leafOf(`entry ${i}`))
const REGION = ['--id', 'se.fyr.norr', '--name', 'Norr', '--url', 'http://127.0.0.1:9/beacon/v2']

let directory: string
const running: Hub[] = []
beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'fyr-hub-witness-')), 'hub')
  await run('init', directory, '--id', 'se.fyr.hub', '--name', 'Fyr', '--allow-private')
})
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.close()
  rmSync(join(directory, '..'), { recursive: true })
})

async function run(...args: readonly string[]) {
  let [out, err] = ['', '']
  const exitCode = await runHubCli(args, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exitCode, out, err }
}

async function serve(): Promise<{ readonly url: string; readonly lines: readonly string[] }> {
  const lines: string[] = []
  const config = { ...readHubConfig(directory), listen: { host: '127.0.0.1', port: 0 }, drainMs: 0 }
  const hub = await createHub(config, { directory, logDestination: { write: (line) => void lines.push(line) } })
  running.push(hub)
  return { url: (await hub.listen()).url, lines }
}

async function call(method: string, url: string, body?: Buffer | string) {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: String(body) }) })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

const add = (url: string, body: Buffer | string) => call('POST', `${url}/witness/add-checkpoint`, body)

describe('a hub as a witness', () => {
  test('cosigns the logs of regions whose key it was given, before and after a restart', async () => {
    await run('region', 'add', directory, ...REGION, '--audit-key', toVerifierKey(key))
    const witnessKey = openVerifierKey((await run('witness', 'key', directory)).out.trim(), COSIGNATURE)!
    expect(witnessKey.name).toBe('se.fyr.hub/witness')
    expect((await run('witness', 'list', directory)).out).toBe('no log was cosigned yet\n')
    const { url } = await serve()
    expect(await add(url, requestOf(0, leaves.slice(0, 5), key))).toMatchObject({ status: 200 })
    await running.pop()!.close()
    const again = await serve()
    expect(await add(again.url, requestOf(0, leaves, key))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      text: '5\n',
    })
    expect(await add(again.url, requestOf(5, leaves, key))).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^— se/),
    })
    const shown = await call('GET', `${again.url}/witness/${hashOrigin(key.name)}/checkpoint`)
    expect(openCosignature(parseNote(shown.text)!, witnessKey)).toBeDefined()
    expect((await run('witness', 'list', directory)).out).toMatch(/^se\.fyr\.norr\/audit: 12 entries at \S+\n$/)
  })

  test('says in its log which log signed another history, and keeps the proof', async () => {
    await run('region', 'add', directory, ...REGION, '--audit-key', toVerifierKey(key))
    const { url, lines } = await serve()
    await add(url, requestOf(0, leaves.slice(0, 5), key))
    expect(await add(url, requestOf(5, leaves.with(1, leafOf('x')), key))).toMatchObject({ status: 422 })
    const told = lines.map((line) => JSON.parse(line) as { origin?: string }).find(({ origin }) => origin !== undefined)
    expect(told).toMatchObject({
      level: 40,
      origin: key.name,
      note: expect.stringMatching(/^se\.fyr\.norr\/audit\n12\n/),
    })
  })

  test.each<[string, string, string, Buffer | string | undefined, number]>([
    ['text', 'POST', '/add-checkpoint', 'x', 400],
    ['nothing', 'POST', '/add-checkpoint', undefined, 400],
    [
      'a log that it does not know',
      'POST',
      '/add-checkpoint',
      requestOf(0, leaves, makeTestKey('se.fyr.x/audit')),
      404,
    ],
    ['another key of a log', 'POST', '/add-checkpoint', requestOf(0, leaves, makeTestKey(key.name)), 403],
    ['too much', 'POST', '/add-checkpoint', 'x'.repeat(70_000), 413],
    ['another method', 'PUT', '/add-checkpoint', undefined, 405],
    ['a log that it has not seen', 'GET', `/${hashOrigin(key.name)}/checkpoint`, undefined, 404],
  ])('answers %s in plain text', async (_, method, path, body, status) => {
    await run('region', 'add', directory, ...REGION, '--audit-key', toVerifierKey(key))
    const { url } = await serve()
    expect(await call(method, `${url}/witness${path}`, body)).toEqual({
      status,
      type: 'text/plain; charset=utf-8',
      text: expect.stringMatching(/^[a-z][^\n]+\n$/),
    })
  })

  test('that was given no key is none', async () => {
    await run('region', 'add', directory, ...REGION)
    const { url } = await serve()
    expect(await add(url, requestOf(0, leaves, key))).toMatchObject({ status: 404 })
  })
})

describe('the key of a region’s log', () => {
  test('is set, and set anew, without touching the rest of hub.yaml', async () => {
    await run('region', 'add', directory, ...REGION)
    const file = join(directory, 'hub.yaml')
    writeFileSync(file, `# ours\n${readFileSync(file, 'utf8')}`)
    for (const next of [key, makeTestKey(key.name)]) {
      const said = await run('region', 'audit-key', directory, 'se.fyr.norr', toVerifierKey(next))
      expect(said).toEqual({ exitCode: 0, err: '', out: 'se.fyr.norr is witnessed from the next start on\n' })
      expect(readHubConfig(directory).regions).toMatchObject([{ id: 'se.fyr.norr', auditKey: toVerifierKey(next) }])
    }
    expect(readFileSync(file, 'utf8')).toMatch(/^# ours\n/)
  })

  test.each([
    ['no key', 'se.fyr.norr', 'x', 'the auditKey of region se.fyr.norr is not the key of an audit log'],
    [
      'a witness’ key',
      'se.fyr.norr',
      toVerifierKey(key, COSIGNATURE),
      'the auditKey of region se.fyr.norr is not the key of an audit log',
    ],
    [
      'the key of another',
      'se.fyr.norr',
      toVerifierKey(makeTestKey('se.fyr.syd/audit')),
      'the auditKey of region se.fyr.norr is that of se.fyr.syd/audit',
    ],
    ['a region that is not there', 'se.fyr.syd', toVerifierKey(key), 'there is no region se.fyr.syd'],
  ])('is not set to %s', async (_, id, text, problem) => {
    await run('region', 'add', directory, ...REGION)
    const before = readFileSync(join(directory, 'hub.yaml'), 'utf8')
    const said = await run('region', 'audit-key', directory, id, text)
    expect(said).toEqual({ exitCode: 1, out: '', err: `fyr-hub: ${problem}\n` })
    expect(readFileSync(join(directory, 'hub.yaml'), 'utf8')).toBe(before)
  })
})
