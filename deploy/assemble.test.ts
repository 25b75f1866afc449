import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { assemble } from './assemble.js'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fyr-assemble-'))
  mkdirSync(join(root, 'node/sums'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

test('a text becomes a module beside the JavaScript of its folder', async () => {
  const text = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'
  writeFileSync(join(root, 'node/sums/add.wat'), text)
  expect(await assemble(root, join(root, 'dist'))).toEqual(['node/sums/add.wat'])
  const module = new WebAssembly.Module(readFileSync(join(root, 'dist/node/sums/add.wasm')))
  const { add } = new WebAssembly.Instance(module).exports as { add: (a: number, b: number) => number }
  expect(add(2, 3)).toBe(5)
})

test.each(['(module (func (result i32)))', '(module\n  (fun))'])(
  '%j stops the build, and the file and line are told',
  async (text) => {
    writeFileSync(join(root, 'node/sums/add.wat'), text)
    await expect(assemble(root, join(root, 'dist'))).rejects.toThrow(/node\/sums\/add\.wat:\d+/)
  },
)
