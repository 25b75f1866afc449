import { existsSync } from 'node:fs'
import { InvalidArgumentError, type Command } from 'commander'
import { isProjectUrn, isRequestPurpose, REQUEST_PURPOSES } from '../../schemas/index.js'
import { CommandFailure, parseHttpUrl, type CommandIo } from '../command.js'
import { defaultHubUrl, defaultIssuer, loginFile, type Environment } from '../config.js'
import { fetchPassport, freshen } from './fresh-login.js'
import { logInByBrowser, logInByDevice } from './log-in.js'
import { CLIENT_ID, fetchLoginService, postForm } from './login-service.js'
import { withLoginLock } from './login-lock.js'
import {
  makeLoginDirectory,
  readLogin,
  removeLogin,
  writeLogin,
  writeSecret,
  type StoredLogin,
} from './stored-login.js'

const now = () => new Date()

export function parsePurpose(text: string): string {
  if (!isRequestPurpose(text)) throw new InvalidArgumentError(`known purposes are ${REQUEST_PURPOSES.join(', ')}.`)
  return text
}

export function parseProject(text: string): string {
  if (!isProjectUrn(text)) throw new InvalidArgumentError('it must be a URN, such as urn:ngp:project:2026-001.')
  return text
}

function requireFile(environment: Environment): string {
  const file = loginFile(environment)
  if (file === undefined) throw new CommandFailure('there is no place for a login: set HOME or XDG_CONFIG_HOME')
  return file
}

function requireLogin(file: string): StoredLogin {
  const login = readLogin(file)
  if (!login) throw new CommandFailure('you are not logged in; run fyr login')
  return login
}

/** Names come from a service, and shall not command the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '')
}

function describe({ name, subject, issuer }: StoredLogin): string {
  const who = name === undefined ? subject : `${name} (${subject})`
  return printable(`${who} at ${issuer}`)
}

interface LoginOptions {
  readonly issuer: string
  readonly hub: string
  readonly device: boolean
  readonly hint?: string
}

async function logIn({ issuer, hub, device, hint }: LoginOptions, io: CommandIo, file: string): Promise<void> {
  const service = await fetchLoginService(issuer)
  const given = device ? await logInByDevice(service, io.out) : await logInByBrowser(service, io.out, hint)
  const { accessToken, expiresInSeconds, refreshToken, subject, name } = given
  const login: StoredLogin = {
    version: 1,
    issuer,
    clientId: CLIENT_ID,
    tokenEndpoint: service.tokenEndpoint,
    ...(service.revocationEndpoint === undefined ? {} : { revocationEndpoint: service.revocationEndpoint }),
    hub: new URL(hub).origin,
    subject,
    ...(name === undefined ? {} : { name }),
    accessToken,
    expiresAt: new Date(now().getTime() + expiresInSeconds * 1_000).toISOString(),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  }
  makeLoginDirectory(file)
  await withLoginLock(file, async () => writeLogin(file, login))
  io.out(`Logged in as ${describe(login)}, for the hub ${login.hub}.\n`)
}

/** @throws CommandFailure what was there cannot be read; it is gone all the same */
function takeLogin(file: string): StoredLogin | undefined {
  try {
    return readLogin(file)
  } finally {
    removeLogin(file)
  }
}

async function logOut(io: CommandIo, file: string): Promise<void> {
  // Whoever renews it at this moment would write it anew.
  const login = existsSync(file) ? await withLoginLock(file, async () => takeLogin(file)) : undefined
  const { revocationEndpoint, refreshToken, clientId } = login ?? {}
  if (revocationEndpoint !== undefined && refreshToken !== undefined && clientId !== undefined) {
    // What lies on this machine is gone already; the service forgets it by itself when it cannot be told.
    await postForm(revocationEndpoint, {
      client_id: clientId,
      token: refreshToken,
      token_type_hint: 'refresh_token',
    }).catch(() => undefined)
  }
  io.out(login ? 'Logged out.\n' : 'You were not logged in.\n')
}

async function whoAmI({ json }: { readonly json: boolean }, io: CommandIo, file: string): Promise<void> {
  const { issuer, subject, name, hub, expiresAt } = await freshen(file, requireLogin(file), now)
  const login = { issuer, subject, ...(name === undefined ? {} : { name }), hub, accessTokenExpiresAt: expiresAt }
  if (json) return io.out(`${JSON.stringify(login, null, 2)}\n`)
  io.out(`${printable(`${name === undefined ? subject : `${name} (${subject})`} at ${issuer}, for the hub ${hub}`)}\n`)
}

interface TokenOptions {
  readonly audience: string
  readonly purpose?: string
  readonly project?: string
  readonly out?: string
  readonly json: boolean
}

async function printPassport({ audience, purpose, project, out, json }: TokenOptions, io: CommandIo, file: string) {
  const login = await freshen(file, requireLogin(file), now)
  const { passport, expiresInSeconds } = await fetchPassport(login, {
    audience: audience.replace(/\/+$/, ''),
    ...(purpose === undefined ? {} : { purpose }),
    ...(project === undefined ? {} : { project }),
  })
  // RFC 6749 section 5.1, which HTS_AUTH_LOCATION of htslib reads, as it reads a file of nothing but the token.
  const document = { access_token: passport, token_type: 'Bearer', expires_in: expiresInSeconds }
  const content = json ? `${JSON.stringify(document)}\n` : `${passport}\n`
  if (out === undefined) return io.out(content)
  writeSecret(out, content)
  io.out(`wrote ${out}; it is good for ${expiresInSeconds} s\n`)
}

const AFTER_TOKEN = `
For samtools, of a node with TLS:
  fyr token --audience https://node.example --purpose HRESCH --project urn:ngp:project:2026-001 --out passport
  HTS_AUTH_LOCATION=passport samtools view https://node.example/htsget/v1/reads/ID chr17:43000000-43100000
`

/** `fyr login`, `logout`, `whoami` and `token`. */
export function addLoginCommands(program: Command, io: CommandIo, environment: Environment): void {
  program
    .command('login')
    .description('log in by a browser; the login is kept in your configuration directory, for you alone')
    .option('--issuer <URL>', 'the login service', parseHttpUrl, defaultIssuer(environment))
    .option('--hub <URL>', 'the hub that is shown the login, and no other', parseHttpUrl, defaultHubUrl(environment))
    .option('--device', 'show a code to enter in a browser of another machine', false)
    .option('--hint <NAME>', 'who you are, so that the login service need not ask')
    .action((options: LoginOptions) => logIn(options, io, requireFile(environment)))
  program
    .command('logout')
    .description('forget the login, here and at the login service')
    .action(() => logOut(io, requireFile(environment)))
  program
    .command('whoami')
    .description('say who is logged in')
    .option('--json', 'print JSON', false)
    .action((options: { json: boolean }) => whoAmI(options, io, requireFile(environment)))
  program
    .command('token')
    .description('print a Passport for one node, for tools that talk to it themselves, such as samtools')
    .requiredOption('--audience <URL>', 'the node, as its administrator names it; mostly https://host', parseHttpUrl)
    .option('--purpose <CODE>', `what the data are for: ${REQUEST_PURPOSES.join(', ')}`, parsePurpose)
    .option('--project <URN>', 'on the grants of which project to rely', parseProject)
    .option('--out <FILE>', 'write it to FILE, for you alone, instead of printing it')
    .option('--json', 'as JSON with the time that it is good for', false)
    .addHelpText('after', AFTER_TOKEN)
    .action((options: TokenOptions) => printPassport(options, io, requireFile(environment)))
}

/** Headers by which the hub knows the person; none: nobody is logged in for it. @throws CommandFailure */
export async function toLoginHeaders(
  hub: string,
  {
    purpose,
    project,
    anonymous,
  }: { readonly purpose?: string; readonly project?: string; readonly anonymous: boolean },
  environment: Environment,
): Promise<Readonly<Record<string, string>>> {
  const file = loginFile(environment)
  const stored = anonymous ? undefined : readLogin(file)
  const isForHub = stored?.hub === new URL(hub).origin
  if (file === undefined || !stored || !isForHub) {
    if (purpose === undefined && project === undefined) return {}
    throw new CommandFailure('--purpose and --project need a login for this hub; run fyr login')
  }
  const { accessToken } = await freshen(file, stored, now)
  return {
    authorization: `Bearer ${accessToken}`,
    ...(purpose === undefined ? {} : { 'ngp-purpose': purpose }),
    ...(project === undefined ? {} : { 'ngp-project': project }),
  }
}
