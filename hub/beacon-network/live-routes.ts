import type { Express, Response } from 'express'
import type { HubConfig } from '../../schemas/index.js'
import { toRegionAnswer } from '../aggregation/region-answer.js'
import { addEndpoint } from '../endpoint.js'
import { toHubError, toProblem } from '../errors.js'
import type { Network } from '../network.js'
import type { Sessions } from '../session/sessions.js'
import { readBeaconRequest, readPassage, untilCallerLeaves, withPasses } from './ask.js'
import { toNetworkAnswer } from './network-answer.js'
import { toQuestion } from './parse-question.js'

export const LIVE_PATH = '/network/variants'

/** One server-sent event. JSON.stringify leaves no line break, so one data line is enough. */
function send(response: Response, event: 'start' | 'region' | 'answer' | 'error', data: object): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

/** The same question as `/beacon/v2/g_variants`, answered as a stream: each region as it settles, then the whole answer. */
export function addLiveRoute(app: Express, network: Network, sessions: Sessions, config: HubConfig): void {
  addEndpoint(app, LIVE_PATH, {
    async post(http, response) {
      const request = readBeaconRequest(http)
      const question = toQuestion(request)
      const passage = readPassage(http)
      const session = await sessions.read(http)
      await network.admit(async (ask) => {
        const signal = untilCallerLeaves(response)
        // Before the status line goes out.
        const shown = await withPasses(passage, session, network.timeLeft)
        if (signal.aborted) return
        response.set({
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        })
        response.flushHeaders()
        const regions = config.regions.map(({ id, name }) => ({ beaconId: id, name }))
        send(response, 'start', { ...(question.assemblyId ? { assemblyId: question.assemblyId } : {}), regions })
        try {
          const outcomes = await ask(question, shown, signal, (outcome) =>
            send(response, 'region', toRegionAnswer(outcome, question.granularity)),
          )
          if (!signal.aborted) send(response, 'answer', toNetworkAnswer(config.id, request, question, outcomes))
        } catch (error) {
          // The status line has gone out; the stream itself says that it failed.
          const failure = toHubError(error)
          send(response, 'error', toProblem(failure))
          if (failure.code !== 'rate_limited') throw error
        } finally {
          response.end()
        }
      })
    },
  })
}
