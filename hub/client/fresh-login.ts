import { PASSPORT_TYPE, toExchangeForm } from '../../schemas/index.js'
import { CommandFailure } from '../command.js'
import { toGivenTokens } from './log-in.js'
import { postForm, refusalOf } from './login-service.js'
import { withLoginLock } from './login-lock.js'
import { readLogin, writeLogin, type StoredLogin } from './stored-login.js'

/** A token that has less left is renewed first, milliseconds. */
const MARGIN_MS = 30_000

const LOGIN_OVER = 'your login is over; run fyr login, or fyr logout to ask as nobody in particular'

export function isFresh({ expiresAt }: Pick<StoredLogin, 'expiresAt'>, now: Date): boolean {
  return Date.parse(expiresAt) - now.getTime() > MARGIN_MS
}

/**
 * The login with an access token that is good for a while. Where it was not, one process renews it, because a refresh token is good
 * once and login services take a second use for theft; others wait, and take what it stored.
 *
 * @throws CommandFailure it cannot be renewed
 */
export async function freshen(file: string, login: StoredLogin, now: () => Date): Promise<StoredLogin> {
  if (isFresh(login, now())) return login
  if (login.refreshToken === undefined) throw new CommandFailure(LOGIN_OVER)
  return withLoginLock(file, async () => {
    const stored = readLogin(file)
    // What was checked of the login, such as for which hub it is, must hold of this one.
    if (!stored || !isSameLogin(stored, login)) {
      throw new CommandFailure('your login was changed just now by another fyr; try again')
    }
    return isFresh(stored, now()) ? stored : renew(file, stored, now)
  })
}

function isSameLogin(one: StoredLogin, other: StoredLogin): boolean {
  return (
    one.issuer === other.issuer &&
    one.subject === other.subject &&
    one.hub === other.hub &&
    one.tokenEndpoint === other.tokenEndpoint
  )
}

/** @throws CommandFailure */
async function renew(file: string, login: StoredLogin, now: () => Date): Promise<StoredLogin> {
  if (login.refreshToken === undefined) throw new CommandFailure(LOGIN_OVER)
  const reply = await postForm(login.tokenEndpoint, {
    grant_type: 'refresh_token',
    client_id: login.clientId,
    refresh_token: login.refreshToken,
  })
  if (reply.status !== 200) {
    const why = refusalOf(reply)
    throw new CommandFailure(
      why === 'invalid_grant' ? LOGIN_OVER : `the login service does not renew your login: ${why}`,
    )
  }
  const { accessToken, expiresInSeconds, refreshToken = login.refreshToken } = toGivenTokens(reply)
  const expiresAt = new Date(now().getTime() + expiresInSeconds * 1_000).toISOString()
  const renewed = { ...login, accessToken, expiresAt, refreshToken }
  writeLogin(file, renewed)
  return renewed
}

export interface Passport {
  readonly passport: string
  readonly expiresInSeconds: number
}

export interface PassportWish {
  /** The node that is to accept it. */
  readonly audience: string
  readonly purpose?: string
  readonly project?: string
}

/** A Passport for one node (RFC 8693, GA4GH AAI 1.2). @throws CommandFailure */
export async function fetchPassport(login: StoredLogin, wish: PassportWish): Promise<Passport> {
  const form = toExchangeForm({ accessToken: login.accessToken, ...wish })
  const reply = await postForm(login.tokenEndpoint, { ...form, client_id: login.clientId })
  const { access_token: passport, issued_token_type: type, expires_in: expiresIn } = reply.body
  if (reply.status === 200 && typeof passport === 'string' && type === PASSPORT_TYPE)
    return { passport, expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : 0 }
  const why = refusalOf(reply)
  if (why === 'invalid_target') throw new CommandFailure(`the login service makes no Passports for ${wish.audience}`)
  throw new CommandFailure(`the login service makes no Passport: ${why}`)
}
