import { afterEach, describe, expect, test } from '@jest/globals'
import { closeAll, createCaller, hub } from './testing/running-hub.js'

const { call } = createCaller(fetch)

afterEach(closeAll)

describe('the portal', () => {
  test('is one page without inline script, under a strict policy', async () => {
    const { url } = await hub([], { name: 'Fyr <b>"hub"</b>' })
    const { text, headers } = await call(url)
    expect(text).toContain('<title>Fyr &lt;b&gt;&quot;hub&quot;&lt;/b&gt;</title>')
    expect(text.match(/<script[^>]*>[^<]*/g)).toEqual(['<script type="module" src="/assets/hub/portal/main.js">'])
    expect(text).not.toMatch(/ on[a-z]+=|style=/)
    expect(headers.get('content-security-policy')).toContain("default-src 'none';script-src 'self'")
  })

  test('every module that the page imports is served', async () => {
    const { url } = await hub([])
    const pending = ['/assets/hub/portal/main.js']
    const seen = new Set<string>()
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (seen.has(path)) continue
      seen.add(path)
      const { status, text } = await call(url + path)
      expect([path, status]).toEqual([path, 200])
      for (const [, imported] of text.matchAll(/ from '([^']+)'/g))
        pending.push(new URL(imported!, url + path).pathname)
    }
    expect(seen.size).toBe(6)
  })

  test('serves the modules on its list and nothing else of the build', async () => {
    const { url } = await hub([])
    for (const file of ['style.css', 'hub/portal/answer-text.js', 'schemas/variant-text.js', 'schemas/assembly.js']) {
      expect((await call(`${url}/assets/${file}`)).status).toBe(200)
    }
    expect((await call(`${url}/assets/schemas/variant-text.js`)).headers.get('content-type')).toMatch(/javascript/)
    for (const file of [
      'hub/app.js',
      'hub/portal/page.js',
      '../package.json',
      '..%2fpackage.json',
      'schemas/validate.js',
    ]) {
      expect((await call(`${url}/assets/${file}`)).status).toBe(404)
    }
  })
})
