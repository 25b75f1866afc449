import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { COMMANDS, linkCommands } from './link-commands.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fyr-link-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function build(name: string): void {
  const script = join(root, COMMANDS[name]!)
  mkdirSync(dirname(script), { recursive: true })
  writeFileSync(script, `#!/usr/bin/env node\nconsole.log('${name}')\n`, { mode: 0o644 })
}

describe('the links of the commands', () => {
  test('run what was built', () => {
    for (const name of Object.keys(COMMANDS)) build(name)
    expect(linkCommands(root)).toEqual(Object.keys(COMMANDS))
    for (const name of Object.keys(COMMANDS)) {
      const link = join(root, 'node_modules', '.bin', name)
      expect(readlinkSync(link)).toBe(`../../${COMMANDS[name]}`)
      expect(statSync(link).mode & 0o111).toBe(0o111)
      expect(execFileSync(link, { encoding: 'utf8' })).toBe(`${name}\n`)
    }
  })

  test('leave out what is not built, without a word', () => {
    expect(linkCommands(root)).toEqual([])
    expect(existsSync(join(root, 'node_modules'))).toBe(false)
    build('fyr-node')
    expect(linkCommands(root)).toEqual(['fyr-node'])
  })

  test('can be made again, and replace links that lead elsewhere', () => {
    build('fyr')
    const link = join(root, 'node_modules', '.bin', 'fyr')
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync('../elsewhere', link)
    linkCommands(root)
    linkCommands(root)
    expect(readlinkSync(link)).toBe('../../dist/hub/client/main.js')
  })
})
