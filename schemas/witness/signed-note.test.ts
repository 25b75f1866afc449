import { describe, expect, test } from '@jest/globals'
import { makeTestKey } from '../testing/witnessed-log.js'
import { cosign, openCosignature } from './cosignature.js'
import { COSIGNATURE, openNote, openVerifierKey, parseNote, signNote, toVerifierKey } from './signed-note.js'

/** The example of c2sp.org/signed-note. */
const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const EXAMPLE_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'

const key = makeTestKey('log.test/a')
const other = makeTestKey('log.test/a')
const TEXT = 'log.test/a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n'
const note = signNote(TEXT, key, key.privateKey)
const line = note.slice(TEXT.length + 1)

describe('a signed note', () => {
  test('is that of the specification', () => {
    const example = openVerifierKey(EXAMPLE_KEY)!
    expect(toVerifierKey(example)).toBe(EXAMPLE_KEY)
    expect(openNote(EXAMPLE_NOTE, example)).toBe('This is an example message.\n')
  })

  test('is opened with the signatures of others beside', () => {
    const others = Array.from({ length: 15 }, () => signNote(TEXT, other, other.privateKey).slice(TEXT.length + 1))
    expect(openNote(`${note}${others.join('')}`, key)).toBe(TEXT)
  })

  test.each([
    ['another text', note.replace('\n0\n', '\n1\n')],
    ['no signature', `${TEXT}\n`],
    ['a signature of another key', signNote(TEXT, other, other.privateKey)],
    ['a wrong signature by the key beside the right one', note + signNote('x\n', key, key.privateKey).slice(3)],
    ['a line that is no signature', `${note}x\n`],
    ['no line feed at the end', note.slice(0, -1)],
    ['no empty line', note.replace('\n\n', '\n')],
    ['a control character', note.replace('log.test/a\n', 'log.test/a\r\n')],
    ['a signature in another spelling', note.replace(/=\n$/, '\n')],
  ])('with %s is not opened', (_, changed) => {
    expect(openNote(changed, key)).toBeUndefined()
  })
})

describe('a verifier key', () => {
  test.each([
    ['of another type', toVerifierKey(key, COSIGNATURE)],
    ['with another id', toVerifierKey(key).replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['with another name', `x${toVerifierKey(key)}`],
    ['that is short', toVerifierKey(key).slice(0, -1)],
    ['without a name', toVerifierKey(key).replace(key.name, '')],
  ])('%s is none', (_, text) => {
    expect(openVerifierKey(text)).toBeUndefined()
  })
})

describe('a cosignature', () => {
  const witness = makeTestKey('witness.test/w')
  const cosigned = cosign(TEXT, witness, witness.privateKey, 1_679_315_147)

  test('says when', () => {
    const bytes = Buffer.from(cosigned.split(' ')[2]!, 'base64')
    expect(bytes).toHaveLength(4 + 8 + 64)
    expect(bytes.readBigUInt64BE(4)).toBe(1_679_315_147n)
    expect(openVerifierKey(toVerifierKey(witness, COSIGNATURE), COSIGNATURE)).toBeDefined()
    expect(openCosignature(parseNote(note + cosigned)!, witness)).toEqual({ line: cosigned, seconds: 1_679_315_147 })
  })

  test('is the last one where there are several', () => {
    const later = cosign(TEXT, witness, witness.privateKey, 1_679_315_148)
    expect(openCosignature(parseNote(note + later + cosigned)!, witness)).toMatchObject({ seconds: 1_679_315_148 })
  })

  test.each<[string, string]>([
    ['of another text', cosign(`${TEXT}x\n`, witness, witness.privateKey, 1)],
    ['by another key of the name', cosign(TEXT, makeTestKey(witness.name), other.privateKey, 1)],
    ['by another key that says it is this one', cosign(TEXT, witness, other.privateKey, 1)],
    ['that is a signature of the note', signNote(TEXT, witness, witness.privateKey).slice(TEXT.length + 1)],
    ['of another time', changeTime(cosigned)],
    ['beside a wrong one', cosigned + cosign(TEXT, witness, other.privateKey, 1)],
    ['that is missing', line],
  ])('%s is none', (_, lines) => {
    expect(openCosignature(parseNote(`${TEXT}\n${lines}`)!, witness)).toBeUndefined()
  })
})

function changeTime(text: string): string {
  const [dash, name, encoded = ''] = text.trim().split(' ')
  const bytes = Buffer.from(encoded, 'base64')
  bytes[11]! ^= 1
  return `${dash} ${name} ${bytes.toString('base64')}\n`
}
