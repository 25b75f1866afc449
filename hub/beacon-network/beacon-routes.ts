import type { Express, Request, Response } from 'express'
import type { BeaconRequest } from '../../schemas/index.js'
import { addEndpoint } from '../endpoint.js'
import type { Question } from '../fan-out/question.js'
import type { Network } from '../network.js'
import type { Sessions } from '../session/sessions.js'
import { readBeaconRequest, readPassage, untilCallerLeaves, withPasses } from './ask.js'
import {
  toConfiguration,
  toEntryTypesAnswer,
  toFilteringTerms,
  toInfo,
  toMap,
  type HubIdentity,
  type InformationalAnswer,
} from './informational.js'
import { toNetworkAnswer } from './network-answer.js'
import { toQuestion, toQuestionById } from './parse-question.js'
import { toBeaconServiceInfo } from './service-registry.js'

export const BEACON_PATH = '/beacon/v2'

const SERVICE_INFO_SCHEMA = 'ga4gh-service-info'

function isServiceInfo(requestedSchema: unknown): boolean {
  return typeof requestedSchema === 'string' && requestedSchema.startsWith(SERVICE_INFO_SCHEMA)
}

/** The hub as a Beacon v2: informational endpoints, and variants over all regions. */
export function addBeaconRoutes(app: Express, network: Network, sessions: Sessions, identity: () => HubIdentity): void {
  const add = (path: string, handler: (request: Request, response: Response) => void | Promise<void>) =>
    addEndpoint(app, BEACON_PATH + path, { get: handler, post: handler })

  const addInformational = (path: string, present: (hub: HubIdentity) => InformationalAnswer) =>
    add(path, (_request, response) => void response.json(present(identity())))

  const answer = async (request: BeaconRequest, question: Question, http: Request, response: Response) => {
    const passage = readPassage(http)
    const session = await sessions.read(http)
    await network.admit(async (ask) => {
      const signal = untilCallerLeaves(response)
      const shown = await withPasses(passage, session, network.timeLeft)
      if (signal.aborted) return
      const outcomes = await ask(question, shown, signal)
      if (signal.aborted) return
      response.set('cache-control', 'no-store').json(toNetworkAnswer(identity().config.id, request, question, outcomes))
    })
  }

  for (const path of ['', '/info']) {
    add(path, (request, response) => {
      const wantsServiceInfo = isServiceInfo(request.query['requestedSchema'])
      response.json(wantsServiceInfo ? toBeaconServiceInfo(identity()) : toInfo(identity()))
    })
  }
  add('/service-info', (_request, response) => void response.json(toBeaconServiceInfo(identity())))
  addInformational('/configuration', toConfiguration)
  addInformational('/entry_types', toEntryTypesAnswer)
  addInformational('/map', toMap)
  addInformational('/filtering_terms', toFilteringTerms)

  add('/g_variants', async (http, response) => {
    const request = readBeaconRequest(http)
    await answer(request, toQuestion(request), http, response)
  })
  add('/g_variants/:id', async (http, response) => {
    const request = readBeaconRequest(http)
    await answer(request, toQuestionById(request, String(http.params['id'])), http, response)
  })
}
