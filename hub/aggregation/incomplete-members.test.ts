import { describe, expect, test } from '@jest/globals'
import { toVerdict } from '../../schemas/index.js'
import type { RegionOutcome } from '../fan-out/outcome.js'
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
