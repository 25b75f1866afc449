import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { GenomicVariation } from '../../schemas/index.js'
import { createGeneNode, idsOf, type GeneNode } from '../testing/gene-node.js'
import { withHgvs } from './hgvs-identifiers.js'

let node: GeneNode

beforeAll(async () => {
  node = await createGeneNode()
})
afterAll(() => node.remove())

async function recordsOf(referenceName: string): Promise<readonly GenomicVariation[]> {
  const end = referenceName === 'MT' ? 16_569 : 60_000_000
  const { body } = await node.ask({ assemblyId: 'GRCh38', referenceName, start: [0], end: [end] })
  return body.response.resultSets[0]!.results as unknown as readonly GenomicVariation[]
}

/** HGVS ids by the id of the record, without its assembly. */
async function namesOf(referenceName: string): Promise<Readonly<Record<string, readonly (readonly string[])[]>>> {
  const records = await recordsOf(referenceName)
  return Object.fromEntries(
    records.map(({ id, identifiers = {} }) => [
      id.slice('GRCh38-'.length),
      [
        identifiers.genomicHGVSId === undefined ? [] : [identifiers.genomicHGVSId],
        identifiers.transcriptHGVSIds ?? [],
        identifiers.proteinHGVSIds ?? [],
      ],
    ]),
  )
}

test('without a gene table only the genome is named, and indels only where the sequence is known', async () => {
  expect(await namesOf('1')).toMatchObject({
    '1-950-A-C': [['NC_000001.11:g.950A>C'], [], []],
    '1-1500-DEL-5500': [[], [], []],
    '1-2000-A-AT': [[], [], []],
  })
  expect(await namesOf('MT')).toEqual({
    'MT-103-T-A': [['NC_012920.1:m.103T>A'], [], []],
    'MT-113-C-CA': [['NC_012920.1:m.116dup'], [], []],
  })
})

test('with one, records name their transcripts and, where the sequence is known, their proteins', async () => {
  await node.loadGenes()
  expect(await namesOf('17')).toEqual({
    '17-43044294-A-G': [['NC_000017.11:g.43044294A>G'], [], []],
    '17-43045711-GT-AC': [['NC_000017.11:g.43045711_43045712inv'], ['NM_007294.4:c.5558_5559inv'], []],
    '17-43045712-T-C': [['NC_000017.11:g.43045712T>C'], ['NM_007294.4:c.5558A>G'], []],
    '17-43125364-A-G': [['NC_000017.11:g.43125364A>G'], ['NM_007294.4:c.-113T>C'], []],
    '17-43125365-A-G': [['NC_000017.11:g.43125365A>G'], [], []],
  })
  // ATG TTT CCA TGA on the other strand: TGA becomes TGT, which is no stop any more, and an inserted base shifts all.
  expect(await namesOf('MT')).toEqual({
    'MT-103-T-A': [['NC_012920.1:m.103T>A'], ['NM_990001.1:c.12A>T'], []],
    'MT-113-C-CA': [['NC_012920.1:m.116dup'], ['NM_990001.1:c.6dup'], []],
  })
  const onFirst = await namesOf('1')
  expect(onFirst['1-1001-A-C']).toEqual([
    ['NC_000001.11:g.1001A>C'],
    ['NR_100001000.1:n.1A>C', 'NR_10000900.1:n.101A>C'],
    [],
  ])
})

test('every id leads back to its record', async () => {
  let asked = 0
  for (const referenceName of ['1', '2', '17', 'X', 'MT']) {
    for (const { id, identifiers = {} } of await recordsOf(referenceName)) {
      const { genomicHGVSId, transcriptHGVSIds = [] } = identifiers
      for (const name of [...(genomicHGVSId === undefined ? [] : [genomicHGVSId]), ...transcriptHGVSIds]) {
        const { status, body } = await node.ask({ assemblyId: 'GRCh38', genomicAlleleShortForm: name })
        // GT is turned into AC: to find what is inverted the node would need the sequence.
        if (name.endsWith('inv')) expect(body.error.reason).toBe('unsupported-query')
        else expect([name, status, idsOf(body)]).toEqual([name, 200, [id.slice('GRCh38-'.length)]])
        asked++
      }
    }
  }
  expect(asked).toBeGreaterThan(20)
})

test('what files say goes before, and nothing is said twice', () => {
  const derived = {
    genomic: 'NC_000017.11:g.1A>C',
    transcripts: ['NM_1.2:c.1A>C', 'NM_2.1:c.4A>C'],
    proteins: ['NP_1.1:p.(Met1?)', 'NP_2.1:p.(Ile2Leu)'],
  }
  expect(withHgvs({}, derived)).toEqual({
    genomicHGVSId: derived.genomic,
    transcriptHGVSIds: derived.transcripts,
    proteinHGVSIds: derived.proteins,
  })
  const known = {
    genomicHGVSId: 'NC_000017.11:g.1delinsC',
    transcriptHGVSIds: ['NM_1.1:c.1A>C', 'ENST1.1:c.1A>C'],
    proteinHGVSIds: ['NP_2.1:p.Ile2Leu'],
  }
  expect(withHgvs(known, derived)).toEqual({
    genomicHGVSId: known.genomicHGVSId,
    transcriptHGVSIds: ['NM_1.1:c.1A>C', 'ENST1.1:c.1A>C', 'NM_2.1:c.4A>C'],
    proteinHGVSIds: ['NP_2.1:p.Ile2Leu', 'NP_1.1:p.(Met1?)'],
  })
  expect(withHgvs({}, { transcripts: [], proteins: [] })).toEqual({})
})
