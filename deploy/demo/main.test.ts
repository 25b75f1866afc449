import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { execFile, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EXAMPLES, type TrueAnswers } from './examples.js'
import { PHENOTYPE } from './people.js'
import { runFyr } from './testing/run-fyr.js'
import { logInAs, startDemo } from './testing/start-demo.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-demo-'))
const running: ChildProcess[] = []
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function start(port: number) {
  const demo = startDemo(port, directory)
  running.push(demo.child)
  return demo
}

async function ask(port: number, query: string, filters: readonly object[] = []) {
  const url = `http://127.0.0.1:${port}/beacon/v2/g_variants`
  const [contig, position, referenceBases, alternateBases] = query.split('-')
  const g_variant = {
    assemblyId: 'GRCh38',
    referenceName: contig,
    start: [Number(position) - 1],
    referenceBases,
    alternateBases,
  }
  const body = JSON.stringify({ meta: { apiVersion: 'v2.2.0' }, query: { requestParameters: { g_variant }, filters } })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return (await response.json()) as { info: { regions: { beaconId: string; counts?: object }[]; complete: boolean } }
}

async function expectTrueAnswers(port: number): Promise<void> {
  const { answers } = JSON.parse(readFileSync(join(directory, 'demo.json'), 'utf8')) as { answers: TrueAnswers }
  const { query } = EXAMPLES.find(({ name }) => name === 'everywhere')!
  const filtered = await ask(port, query, [{ id: PHENOTYPE.id }])
  expect(filtered.info.complete).toBe(true)
  for (const [key, counts] of Object.entries(answers.affected)) {
    expect(filtered.info.regions.find(({ beaconId }) => beaconId === `se.fyr.${key}`)?.counts).toMatchObject(counts)
  }
  for (const example of EXAMPLES) {
    if (example.kind !== 'allele') continue
    const { info } = await ask(port, example.query)
    expect(info.complete).toBe(true)
    for (const [key, counts] of Object.entries(answers[example.name])) {
      expect(info.regions.find(({ beaconId }) => beaconId === `se.fyr.${key}`)?.counts).toMatchObject(counts)
    }
  }
}

/** Through the whole chain: login, Passport for each region, bound to the key with which the hub signs what it asks. */
async function expectAnswersForSomebody(port: number): Promise<void> {
  const environment = { HOME: directory, FYR_PORT: String(port) }
  expect(await logInAs('member', environment)).toMatchObject({ exitCode: 0, err: '' })
  const args = ['variant', '17-43045712-T-C', '--purpose', 'HRESCH', '--project', 'urn:ngp:project:2026-001', '--json']
  const { exitCode, out } = await runFyr(args, environment)
  expect(exitCode).toBe(0)
  expect((JSON.parse(out) as { info: object }).info).toMatchObject({ regionsAsked: 3, regionsAnswered: 3 })
}

interface Witnessed {
  readonly covered: number
  readonly witnesses: readonly { readonly name: string; readonly seen?: { readonly entries: number } }[]
}

/** What was written before the network stopped is in checkpoints, and those are sent again when it starts. */
async function expectWitnessed(region: string): Promise<void> {
  const main = fileURLToPath(new URL('../../node/main.js', import.meta.url))
  const args = [main, 'audit', 'verify', join(directory, region), '--witnesses', '--json']
  let verdict: Witnessed | undefined
  for (let tries = 0; tries < 20; tries++) {
    const { stdout } = await promisify(execFile)(process.execPath, args)
    verdict = JSON.parse(stdout) as Witnessed
    if (verdict.witnesses.every(({ seen }) => seen?.entries === verdict?.covered)) break
    await wait(500)
  }
  expect(verdict!.covered).toBeGreaterThan(0)
  expect(verdict!.witnesses.map(({ name, seen }) => [name, seen?.entries])).toEqual(
    ['hub', 'norr', 'mitt', 'syd'].filter((name) => name !== region).map((name) => [name, verdict!.covered]),
  )
}

/** At the port that the data were made for: `node.yaml` names the identity provider there. */
async function expectWell(region: string): Promise<void> {
  const main = fileURLToPath(new URL('../../node/main.js', import.meta.url))
  const args = [main, 'check', join(directory, region), '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: { stdout: string }) => error)
  const { findings } = JSON.parse(stdout) as { findings: readonly { readonly level: string }[] }
  // A disk that is nearly full is no fault of the demonstration.
  expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
}

// Far from the default, so that a demonstration that is running does not get in the way.
const PORT = 23_080
const OTHER_PORT = 23_180

describe('the demonstration', () => {
  test('makes its data, tells what its regions hold, and stops when told to', async () => {
    // What an interrupted run leaves behind is made anew.
    writeFileSync(join(directory, 'demo.json'), '{"version":')
    const demo = start(PORT)
    await demo.ready
    expect(demo.said()).toContain(`npx fyr variant 17-43045712-T-C --hub http://127.0.0.1:${PORT}\n`)
    expect(demo.said()).toMatch(/\nready\n$/)
    await expectTrueAnswers(PORT)
    for (const region of ['norr', 'mitt', 'syd']) await expectWell(region)
    demo.child.kill('SIGTERM')
    expect(await demo.exit).toBe(0)
  })

  test('starts again at another port with the data that it has', async () => {
    const demo = start(OTHER_PORT)
    await demo.ready
    expect(demo.said()).not.toContain('Making data')
    await expectTrueAnswers(OTHER_PORT)
    await expectAnswersForSomebody(OTHER_PORT)
    expect(demo.said()).toContain(`fyr-node audit verify ${join(relative('', directory), 'norr')} --witnesses\n`)
    for (const region of ['norr', 'mitt', 'syd']) await expectWitnessed(region)
    demo.child.kill('SIGINT')
    expect(await demo.exit).toBe(0)
  })

  test('says in a sentence which port is in use', async () => {
    const server = createServer().listen(PORT + 2, '127.0.0.1')
    await once(server, 'listening')
    const demo = start(PORT)
    expect(await demo.exit).toBe(1)
    expect(demo.said()).toBe(`Port ${PORT + 2} is in use; stop what uses it, or set FYR_PORT to another one.\n`)
    server.close()
  })
})
