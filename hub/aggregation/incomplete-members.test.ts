import { describe, expect, test } from '@jest/globals'
import { toVerdict, validate } from '../../schemas/index.js'
import type { RegionOutcome } from '../fan-out/outcome.js'
import { parseNodeAnswer } from '../fan-out/parse-node-answer.js'
import { toNetworkInfo } from './network-info.js'

const OPTIONS = { assemblyId: 'GRCh38', granularity: 'count', isIndel: false } as const

describe('members that are no Fyr node', () => {
  test('a Beacon that does not say what else it holds leaves the answer incomplete, and nobody is never said', () => {
    const outcome = {
      region: { id: 'org.example', name: 'Elsewhere', url: 'https://r.example' },
      outcome: {
        kind: 'answered',
        elapsedMs: 1,
        droppedRecords: 0,
        answer: { exists: false, resultSets: [], matching: {}, partial: false },
      },
    } as const
    const info = toNetworkInfo([outcome], OPTIONS)
    expect(info).toMatchObject({ complete: false, total: { bounds: { individuals: { lower: 0, upper: null } } } })
    expect(info.note).toContain('Not saying whether more data are held: Elsewhere.')
    expect(toVerdict(info)).toBe('not-found-but-incomplete')
  })

  test('a member network that answered in part leaves the answer incomplete', () => {
    const { node: _none, ...foreign } = { exists: false, resultSets: [], matching: {}, partial: true, node: undefined }
    const outcome: RegionOutcome = {
      region: { id: 'no.fyr.hub', name: 'Norge', url: 'https://r.example' },
      outcome: { kind: 'answered', elapsedMs: 1, droppedRecords: 0, answer: foreign },
    }
    expect(toNetworkInfo([outcome], OPTIONS).complete).toBe(false)
  })
})

describe('members of which data are paused', () => {
  const node = (datasetsAsked: number, paused: number) => ({
    datasetsAsked,
    datasetsNotAsked: { access: 1, assembly: 0, paused },
    paused: [{ id: 'd', scope: 'dataset', reason: 'an incident', since: '2026-03-01T12:00:00.000Z' }],
    bounds: { individuals: { lower: 0, upper: null } },
    normalised: true,
  })
  const body = (summary: object) => ({
    meta: { beaconId: 'se.fyr.norr', returnedGranularity: 'count' },
    responseSummary: { exists: false, numTotalResults: 0 },
    info: { node: summary },
  })
  const fold = (summary: object) => {
    const parsed = parseNodeAnswer(body(summary), { beaconId: 'se.fyr.norr', origin: 'https://r.example' })
    if (!parsed.ok) throw new Error(parsed.reason)
    const region = { id: 'se.fyr.norr', name: 'Norr', url: 'https://r.example' }
    const { answer, droppedRecords } = parsed
    return toNetworkInfo([{ region, outcome: { kind: 'answered', elapsedMs: 1, answer, droppedRecords } }], OPTIONS)
  }

  test('some of its data: it answered, nothing is an upper bound, and the note says so', () => {
    const info = fold(node(1, 2))
    expect(info).toMatchObject({ complete: false, total: { bounds: { individuals: { lower: 0, upper: null } } } })
    expect(info.regions[0]).toMatchObject({ status: 'answered', datasetsNotAsked: { paused: 2 } })
    expect(info.note).toContain('Holding more data, paused for now: Norr.')
    expect(toVerdict(info)).toBe('not-found-but-incomplete')
    expect(validate('network/networkInfo.json', info)).toEqual({ ok: true })
    // What the region's administrator wrote stays there.
    expect(JSON.stringify(info)).not.toContain('an incident')
  })

  test('all that could be asked: it is paused', () => {
    expect(fold(node(0, 1)).regions[0]).toMatchObject({
      status: 'paused',
      reason: 'the data that you may ask are paused',
    })
  })

  test('a number that is none is no answer', () => {
    const summary = { ...node(1, 1), datasetsNotAsked: { access: 0, assembly: 0, paused: -1 } }
    expect(() => fold(summary)).toThrow('datasetsNotAsked.paused is not a count')
  })
})
