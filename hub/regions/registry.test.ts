import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readHubConfig } from '../config.js'
import { initHub } from './init-hub.js'
import { addRegion, RegionError } from './registry.js'

const NORR = { id: 'se.fyr.norr', name: 'Region Norr', url: 'https://norr.example.org/beacon/v2' }

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-hub-'))
  file = initHub(directory, { id: 'se.fyr.hub', name: 'Fyr: "the" hub', allowPrivate: false })
})

afterEach(() => rmSync(directory, { recursive: true }))

describe('hub.yaml', () => {
  test('what init writes can be read, whatever the name', () => {
    expect(readHubConfig(directory)).toMatchObject({
      id: 'se.fyr.hub',
      name: 'Fyr: "the" hub',
      deadlineMs: 3000,
      regions: [],
    })
  })

  test('init does not touch a hub.yaml that exists', () => {
    const before = readFileSync(file, 'utf8')
    expect(() => initHub(directory, { id: 'se.fyr.other', name: 'Other', allowPrivate: true })).toThrow(/EEXIST/)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test('adding regions keeps comments and leaves no temporary file', () => {
    writeFileSync(file, readFileSync(file, 'utf8').replace('deadlineMs: 3000', 'deadlineMs: 2500 # agreed in May'))
    addRegion(file, NORR)
    addRegion(file, { id: 'se.fyr.syd', name: 'Region Syd', url: 'https://syd.example.org/beacon/v2/' })
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('deadlineMs: 2500 # agreed in May')
    expect(text).toContain('# Regions on private and loopback addresses')
    expect(readHubConfig(directory).regions).toEqual([
      NORR,
      { id: 'se.fyr.syd', name: 'Region Syd', url: 'https://syd.example.org/beacon/v2' },
    ])
    expect(readdirSync(directory).sort()).toEqual(['hub-key.json', 'hub.yaml'])
  })

  test.each([
    ['an id that is there', { ...NORR, url: 'https://other.example.org/beacon/v2' }],
    ['a URL that is there', { ...NORR, id: 'se.fyr.syd', url: 'https://NORR.example.org:443/beacon/v2/' }],
    ['the id of the hub', { ...NORR, id: 'se.fyr.hub', url: 'https://hub.example.org/beacon/v2' }],
    ['a private address', { ...NORR, id: 'se.fyr.syd', url: 'http://127.1/beacon/v2' }],
    ['a password in the URL', { ...NORR, id: 'se.fyr.syd', url: 'https://a:b@syd.example.org/beacon/v2' }],
    ['a query in the URL', { ...NORR, id: 'se.fyr.syd', url: 'https://syd.example.org/beacon/v2?x=1' }],
  ])('refuses %s', (_what, region) => {
    addRegion(file, NORR)
    const before = readFileSync(file, 'utf8')
    expect(() => addRegion(file, region)).toThrow(RegionError)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test('regions written by hand are held to the same rules', () => {
    addRegion(file, NORR)
    writeFileSync(file, readFileSync(file, 'utf8').replace('https://norr.example.org', 'http://10.0.0.1'))
    expect(() => readHubConfig(directory)).toThrow(/se\.fyr\.norr cannot be used: the address is private/)
  })
})
