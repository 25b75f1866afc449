import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTestConfig } from '../support/config.js'
import { forEachConcurrently } from '../support/http-client.js'
import { createRandom } from '../support/random.js'
import { startWorkers, type WorkersService } from '../support/workers.js'
import { askAs, findDifference } from './ask-node.js'
import { expectedOf, type RightsQuestion } from './oracle.js'
import { startPassportIssuer, type PassportIssuer } from './passport-issuer.js'
import { AUDIENCE, decideRights, makeRightsNode } from './prepare.js'
import { createQuestions } from './questions.js'
import { USERS } from './world.js'

const MINUTE = 60_000
const AT_ONCE = 1_000
const AT_FIRST = 100
/** Of a sample every form of question still comes up hundreds of times. */
const QUESTIONS = readTestConfig().exhaustive ? 100_000 : 6_000
const SEED = 77

const directory = mkdtempSync(join(tmpdir(), 'fyr-rights-'))
const home = join(directory, 'node')
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
const tokens = new Map<string, string>()
let issuer: PassportIssuer
let node: WorkersService

beforeAll(async () => {
  issuer = await startPassportIssuer()
  await makeRightsNode(home, issuer)
  node = await startWorkers(home, 2)
  await decideRights(home, node.adminUrl, issuer.issuer)
  for (const { id, isAnonymous, network, ...rest } of USERS) {
    if (isAnonymous) continue
    const hub = network === undefined ? {} : { hub: { client: network } }
    tokens.set(id, await issuer.toPassport({ subject: id, audience: AUDIENCE, ...rest, ...hub }))
  }
  // The issuer is this very process: each worker has its keys before a thousand questions keep it busy.
  await forEachConcurrently(createQuestions(AT_FIRST, createRandom(SEED + 1)), AT_FIRST / 4, async (question) => {
    await askAs(agent, node.url, question, tokens.get(question.user))
  })
}, 2 * MINUTE)

afterAll(async () => {
  agent.destroy()
  await node?.stop()
  issuer?.close()
  rmSync(directory, { recursive: true, force: true })
})

test(
  'ten users with different rights, a thousand questions at once: each is told exactly what its rights give, and nobody else’s answer',
  async () => {
    const questions = createQuestions(QUESTIONS, createRandom(SEED))
    const wrong: { readonly question: RightsQuestion; readonly difference: string }[] = []
    const statuses = new Map<number, number>()
    await forEachConcurrently(questions, AT_ONCE, async (question) => {
      const told = await askAs(agent, node.url, question, tokens.get(question.user))
      statuses.set(told.status, (statuses.get(told.status) ?? 0) + 1)
      const difference = findDifference(told, expectedOf(question))
      if (difference !== undefined) wrong.push({ question, difference })
    })
    expect(wrong.slice(0, 5)).toEqual([])
    // The sample holds what it is to show: answers, refusals, and what may not be known of.
    expect([...statuses.keys()].sort()).toEqual([200, 403, 404])
  },
  10 * MINUTE,
)
