import { describe, expect, test } from '@jest/globals'
import { checkSource } from './boundaries/check-source.js'
import { listSources } from './boundaries/list-sources.js'
import { ALLOWED_IMPORTS, MAXIMUM_LINES } from './boundaries/rules.js'
import { PROJECT_ROOT } from './support/paths.js'

const sources = listSources(PROJECT_ROOT)

describe('the sources', () => {
  test.each(Object.keys(ALLOWED_IMPORTS))('in %s/ keep the import rules', (folder) => {
    const own = sources.filter(({ path }) => path.startsWith(`${folder}/`))
    expect(own).not.toEqual([])
    expect(own.flatMap(checkSource)).toEqual([])
  })
})

/** The ways to write an import. */
const FORMS: readonly (readonly [string, (specifier: string) => string])[] = [
  ['import', (s) => `import { a } from '${s}'`],
  ['import of a type', (s) => `import type { A } from '${s}'`],
  ['import for its effect', (s) => `import '${s}'`],
  ['export from', (s) => `export * from '${s}'`],
  ['dynamic import', (s) => `export const a = await import('${s}')`],
  ['dynamic import of a template', (s) => `export const a = await import(\`${s}\`)`],
  ['import type node', (s) => `export type A = import('${s}').A`],
  ['require', (s) => `const a = require('${s}')`],
  ['import over lines', (s) => `import {\n  a,\n  b,\n} from\n  '${s}'`],
]

const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['schemas/validate.ts', '../node/errors.js'],
  ['schemas/config/hub-config.ts', '../../hub/config.js'],
  ['node/app.ts', '../hub/app.js'],
  ['node/app.ts', '../conformance/support/paths.js'],
  ['node/app.ts', '../deploy/link-commands.js'],
  ['node/beacon/routes.ts', '../../hub/aggregation/total.js'],
  ['hub/app.ts', '../node/create-node.js'],
  ['hub/regions/registry.ts', '../../node/errors.js'],
  ['conformance/network.test.ts', '../node/app.js'],
  ['conformance/network.test.ts', '../hub/regions/registry.js'],
  ['conformance/network.test.ts', '../deploy/demo/generate.js'],
  ['deploy/demo/main.ts', '../../node/variants/store.js'],
  ['deploy/demo/main.ts', '../../conformance/support/paths.js'],
  ['node/app.ts', '../../elsewhere/thing.js'],
  ['node/beacon/routes.ts', '../htsget/ticket.js'],
  ['node/htsget/ticket.ts', '../beacon/envelope.js'],
  ['node/variants/sqlite/store.ts', 'express'],
  ['node/variants/store.ts', 'node:http'],
  ['node/formats/bgzf.ts', 'https'],
  ['node/storage/disk.ts', 'express'],
  ['node/variants/store.ts', '../privacy/disclosed.js'],
  ['node/variants/sqlite/store.ts', '../../privacy/disclosed.js'],
  ['node/variants/store.ts', '../access/decision.js'],
  ['node/app.ts', './testing/node-fixture.js'],
]

describe('a planted import', () => {
  const planted = FORBIDDEN.flatMap(([path, specifier]) =>
    FORMS.map(([form, write]) => [path, specifier, form, write] as const),
  )
  test.each(planted)('in %s of %s by %s is reported', (path, specifier, _, write) => {
    const found = checkSource({ path, text: write(specifier) })
    expect(found.join('\n')).toContain(specifier)
    expect(found.every((problem) => problem.startsWith(`${path}: `))).toBe(true)
  })

  test.each([
    ['node/variants/store.ts', '../access/grant.js'],
    ['node/variants/sqlite/store.ts', '../../access/grant.js'],
    ['node/beacon/routes.ts', '../../schemas/index.js'],
    ['hub/app.ts', '../schemas/index.js'],
    ['conformance/network.test.ts', '../node/create-node.js'],
    ['deploy/demo/main.ts', '../../hub/create-hub.js'],
    ['node/app.ts', 'express'],
    ['node/beacon/routes.ts', '../privacy/disclosed.js'],
  ])('in %s of %s is allowed', (path, specifier) => {
    for (const [, write] of FORMS) expect(checkSource({ path, text: write(specifier) })).toEqual([])
  })

  test('in a comment or a string is none', () => {
    const text = `// import { a } from '../hub/app.js'\nexport const text = "import '../hub/app.js'"\n`
    expect(checkSource({ path: 'node/app.ts', text })).toEqual([])
  })
})

const CONNECTIONS: readonly (readonly [string, string])[] = [
  ['node-fetch', `import fetch from 'node-fetch'\nawait fetch('x')`],
  ['node-fetch, loaded late', `const { default: get } = await import('node-fetch')\nawait get('x')`],
  ['undici', `import { request } from 'undici'`],
  ['the client of object stores', `import { S3Client } from '@aws-sdk/client-s3'`],
  ['http.request', `import http from 'node:http'\nhttp.request('x')`],
  ['http.get through a namespace', `import * as web from 'http'\nweb.get('x')`],
  ['request of http', `import { request as ask } from 'node:http'\nask('x')`],
  ['https', `import { get } from 'node:https'`],
  ['net.connect', `import net from 'node:net'\nnet.connect(80)`],
  ['net.createConnection', `import { createConnection } from 'net'`],
  ['tls', `import { connect } from 'node:tls'`],
  ['global fetch', `await fetch('x')`],
  ['global fetch by name', `await globalThis.fetch('x')`],
]

describe('an outbound connection', () => {
  test.each(CONNECTIONS)('by %s is reported outside the folders for it', (_, text) => {
    for (const path of ['node/beacon/routes.ts', 'hub/aggregation/total.ts', 'deploy/demo/main.ts']) {
      expect(checkSource({ path, text }).join('\n')).toContain('opens connections')
    }
  })

  test.each(CONNECTIONS)('by %s is allowed in the folders for it and in tests', (_, text) => {
    for (const path of [
      'hub/fan-out/ask-region.ts',
      'node/access/keys.ts',
      'hub/client/ask.ts',
      'node/app.test.ts',
      'node/testing/client.ts',
    ]) {
      expect(checkSource({ path, text })).toEqual([])
    }
  })

  test('by fetch is allowed in the portal, which runs in a browser', () => {
    expect(checkSource({ path: 'hub/portal/ask.ts', text: `await fetch('x')` })).toEqual([])
  })

  test('is not what a server or a type is', () => {
    const text = `import { createServer, type Server } from 'node:http'\nimport type { Response } from 'node-fetch'\n`
    expect(checkSource({ path: 'hub/app.ts', text })).toEqual([])
  })
})

const LINES = Array.from({ length: MAXIMUM_LINES + 1 }, (_, i) => `export const line${i} = ${i}`)

describe('a planted fault', () => {
  test.each([
    ['process.env', 'node/app.ts', `export const a = process.env['A']`, 'only config.ts reads the environment'],
    ['process["env"]', 'node/app.ts', `export const a = process['env']`, 'only config.ts reads the environment'],
    ['env taken apart', 'node/app.ts', `const { env } = process`, 'only config.ts reads the environment'],
    ['env imported', 'node/app.ts', `import { env } from 'node:process'`, 'only config.ts reads the environment'],
    [
      'process imported',
      'node/app.ts',
      `import p from 'node:process'\np.env.A`,
      'only config.ts reads the environment',
    ],
    ['default export', 'node/app.ts', `export default 1`, 'has a default export'],
    ['default function', 'node/app.ts', `export default function a() {}`, 'has a default export'],
    ['export as default', 'node/app.ts', `const a = 1\nexport { a as default }`, 'has a default export'],
    ['enum', 'node/app.ts', `export enum A { B }`, 'has an enum'],
    ['const enum', 'node/app.ts', `const enum A { B }`, 'has an enum'],
    ['made Grant', 'node/beacon/routes.ts', `const g = Grant.mint(new Map())`, 'only node/access makes a Grant'],
    ['Grant made by a name', 'node/app.ts', `const g = G['mint'](new Map())`, 'only node/access makes a Grant'],
    ['asserted Disclosed', 'node/beacon/a.ts', `const d = a as Disclosed<A>`, 'only node/privacy makes a Disclosed'],
    ['Disclosed by way of unknown', 'node/a.ts', `const d = a as unknown as Disclosed<A>`, 'makes a Disclosed'],
    ['vague folder', 'node/utils/text.ts', `export const a = 1`, 'says nothing: utils'],
    ['vague folder deep down', 'hub/a/common/b/c.ts', `export const a = 1`, 'says nothing: common'],
    ['long file', 'node/app.ts', LINES.join('\n'), 'has 301 lines'],
    [
      'long file with a reason too late',
      'node/app.ts',
      [...LINES, '// Over 300 lines: a table'].join('\n'),
      '302 lines',
    ],
    ['long file without a reason', 'node/app.ts', ['// Over 300 lines: ', ...LINES].join('\n'), 'has 302 lines'],
  ])('%s in %s is reported', (_, path, text, problem) => {
    expect(checkSource({ path, text }).join('\n')).toContain(problem)
  })

  test.each([
    ['config.ts that reads the environment', 'deploy/demo/config.ts', `export const a = process.env['A']`],
    ['file of 300 lines', 'node/app.ts', `${LINES.slice(1).join('\n')}\n`],
    ['long file that states its reason', 'node/app.ts', ['// Over 300 lines: one table', ...LINES].join('\n')],
    ['Grant made by access', 'node/access/authorise.ts', `const g = Grant.mint(new Map())`],
    ['Disclosed made by privacy', 'node/privacy/disclose.ts', `const d = a as Disclosed<A>`],
    ['property named env of something else', 'node/app.ts', `export const a = (b: { env: string }) => b.env`],
  ])('%s is none', (_, path, text) => {
    expect(checkSource({ path, text })).toEqual([])
  })
})
