import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultIssuer, loginFile } from '../config.js'
import { runClientCli } from './cli.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fyr-home-'))
})
afterEach(() => rmSync(home, { recursive: true }))

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = { HOME: home }) {
  let out = ''
  let err = ''
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) }
  return { exitCode: await runClientCli(args, io, environment), out, err }
}

test.each([
  [['login', '--issuer', 'http://login.example/oidc'], 1, /^fyr: the issuer must be an https address\n$/],
  [
    ['login', '--issuer', 'http://127.0.0.1:9/oidc'],
    1,
    /^fyr: cannot ask the login service at http:\/\/127\.0\.0\.1:9: \w+\n$/,
  ],
  [['login', '--issuer', 'nonsense'], 2, /http or https/],
  [['token'], 2, /--audience/],
  [['token', '--audience', 'http://127.0.0.1:1', '--purpose', 'FUN'], 2, /known purposes are TREAT/],
  [['token', '--audience', 'http://127.0.0.1:1', '--project', 'mine'], 2, /must be a URN/],
  [['token', '--audience', 'http://127.0.0.1:1'], 1, /^fyr: you are not logged in; run fyr login\n$/],
  [['whoami'], 1, /^fyr: you are not logged in; run fyr login\n$/],
  [['variant', '17-43045712-T-C', '--purpose', 'HRESCH'], 1, /need a login for this hub/],
] as const)('%j is exit %i', async (args, exitCode, message) => {
  const { err, ...rest } = await run(args)
  expect(rest).toEqual({ exitCode, out: '' })
  expect(err).toMatch(message)
  expect(err).not.toMatch(/^\s+at /m)
})

test('without a home there is no place for a login', async () => {
  expect(await run(['login'], {})).toMatchObject({ exitCode: 1, err: expect.stringContaining('set HOME') })
})

test('logging out without a login is no failure', async () => {
  expect(await run(['logout'])).toMatchObject({ exitCode: 0, out: 'You were not logged in.\n' })
})

test('the environment says where a login is kept, and who is asked', () => {
  expect(loginFile({ HOME: '/home/maja' })).toBe('/home/maja/.config/fyr/login.json')
  expect(loginFile({ HOME: '/home/maja', XDG_CONFIG_HOME: '/x' })).toBe('/x/fyr/login.json')
  expect(loginFile({ HOME: '/home/maja', XDG_CONFIG_HOME: 'x' })).toBe('/home/maja/.config/fyr/login.json')
  expect(defaultIssuer({})).toBe('http://127.0.0.1:8090/oidc')
  expect(defaultIssuer({ FYR_PORT: '9000' })).toBe('http://127.0.0.1:9010/oidc')
  expect(defaultIssuer({ FYR_ISSUER: 'https://login.example' })).toBe('https://login.example')
})
