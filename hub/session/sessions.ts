import type { Request } from 'express'
import {
  isProjectUrn,
  isRequestPurpose,
  PROJECT_HEADER,
  PURPOSE_HEADER,
  REQUEST_PURPOSES,
  type HubConfig,
  type RegionConfig,
} from '../../schemas/index.js'
import { HubError } from '../errors.js'
import { readHubKey } from '../regions/hub-key.js'
import type { RegionPass, RegionPasses } from '../fan-out/region-pass.js'
import { createAccessTokenCheck } from './access-token.js'
import { invalidToken, readBearerToken } from './bearer-token.js'
import { createClientAssertion } from './client-assertion.js'
import { createTokenExchange, type ExchangeOutcome } from './exchange-token.js'
import { createPassportCache } from './passport-cache.js'

/** Somebody who is logged in, for one question. */
export interface Session {
  /**
   * Gets a Passport for each region.
   *
   * @param leftMs of the question's deadline
   * @throws HubError unauthenticated, unavailable
   */
  passes(leftMs: number): Promise<RegionPasses>
}

export interface Sessions {
  /**
   * Who asks; undefined: nobody in particular.
   *
   * @throws HubError invalid_input, unauthenticated, permission_denied, unavailable
   */
  read(request: Request): Promise<Session | undefined>
}

/** Of a hub whose `hub.yaml` has no `login`: everybody is nobody in particular, whatever is sent, and nothing of it goes on. */
const NO_SESSIONS: Sessions = { read: () => Promise.resolve(undefined) }

function readPurpose(request: Request): { readonly purpose?: string; readonly project?: string } {
  const purpose = request.get(PURPOSE_HEADER)
  const project = request.get(PROJECT_HEADER)
  if (purpose !== undefined && !isRequestPurpose(purpose))
    throw new HubError('invalid_input', `NGP-Purpose must be one of ${REQUEST_PURPOSES.join(', ')}`)
  if (project !== undefined && !isProjectUrn(project))
    throw new HubError('invalid_input', 'NGP-Project must be a URN, such as urn:ngp:project:2026-001')
  return { ...(purpose === undefined ? {} : { purpose }), ...(project === undefined ? {} : { project }) }
}

export function audienceOf({ audience, url }: RegionConfig): string {
  return audience ?? new URL(url).origin
}

/** Resolves to undefined when the time is up. */
function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, ms))
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function noPassport(reason: string): HubError {
  return new HubError('unavailable', 'the login service gives no Passports at the moment; ask again later', reason)
}

export interface SessionsParts {
  readonly config: HubConfig
  readonly wallClock: () => Date
  /** Is told of each exchange that was made. */
  readonly onExchange: (result: ExchangeOutcome['kind']) => void
}

/** @throws ConfigError the key of the hub cannot be read */
export function createSessions({ config, wallClock, onExchange }: SessionsParts): Sessions {
  const realm = config.id
  const { login, signing, regions, deadlineMs } = config
  // Without a key nobody can log in (whyLoginRefused).
  if (!login || !signing) return NO_SESSIONS
  const timeoutMs = deadlineMs
  const checkAccessToken = createAccessTokenCheck({ login, realm, timeoutMs, wallClock })
  const assertClient = createClientAssertion(login, signing.keyId, readHubKey(signing), wallClock)
  const exchange = createTokenExchange({ login, assertClient, timeoutMs, wallClock })
  const toPassport = createPassportCache(
    async (request) => {
      const outcome = await exchange(request)
      onExchange(outcome.kind)
      return outcome
    },
    () => wallClock().getTime(),
  )

  return {
    async read(request) {
      const accessToken = readBearerToken(request, realm)
      if (accessToken === undefined) return undefined
      const asked = readPurpose(request)
      await checkAccessToken(accessToken)

      const passFor = async (region: RegionConfig, leftMs: number): Promise<RegionPass> => {
        const outcome = await within(toPassport({ accessToken, audience: audienceOf(region), ...asked }), leftMs)
        if (outcome === undefined) throw noPassport('timed out')
        switch (outcome.kind) {
          case 'passport':
            return { kind: 'passport', passport: outcome.passport, ...asked }
          case 'no-such-audience':
            return { kind: 'none' }
          case 'token-refused':
            throw invalidToken(realm, 'the login service does not accept the access token; log in again')
          case 'unavailable':
            throw noPassport(outcome.reason)
        }
      }
      return {
        passes: async (leftMs) => {
          const passes = regions.map(async (region) => [region.id, await passFor(region, leftMs)] as const)
          return new Map(await Promise.all(passes))
        },
      }
    },
  }
}
