import type { GrantInForce } from '../../access/rules.js'
import { createKeyPair } from '../../formats/crypt4gh/key-exchange.js'
import { openBam } from '../../formats/bam/open-bam.js'
import { bamFile } from '../../testing/bam-file.js'
import { binningIndex } from '../../testing/binning-index-file.js'
import { memoryFile } from '../../testing/memory-file.js'
import { createPerson, type AccessWorld } from './access-world.js'
import { addCohortFile } from './cohort-fixture.js'
import type { HtsgetFixture } from './htsget-fixture.js'
import { toRandomAccess } from './memory-vcf.js'

/** Keys of Crypt4GH. */
export const READER = createKeyPair()
export const OTHER_READER = createKeyPair()
/** What a member sends. */
export const ADA = { authorization: 'Bearer ada', 'ngp-project': 'blood', 'ngp-purpose': 'HRESCH' }
export const keyHeader = (key: Buffer) => ({ 'x-c4gh-public-key': key.toString('base64') })

export const GRANT: GrantInForce = {
  id: 'g1',
  project: 'blood',
  scope: { dataset: 'listed' },
  level: 'file',
  purposes: ['HRESCH'],
  deliverTo: [{ kind: 'client', client: 'ada-app' }],
  waivesConsent: false,
}

/** What is in force at first: Ada may have the files of `listed`; `tagged/one` alone carries a tag, `named/one` a person of it. */
function decide({ people, members, grants, tags, pauses, denies, unknown, protected: kept }: AccessWorld): void {
  for (const one of [people, members, tags, pauses, denies, unknown, kept]) one.clear()
  people.set('ada', createPerson('ada', { client: 'ada-app', actor: 'the-hub', passportId: 'pass-1' }))
  people.set('bea', createPerson('bea', { client: 'bea-app' }))
  members.set('blood', new Set(['ada']))
  members.set('heart', new Set(['ada']))
  tags.set('T', { datasets: [], individuals: [], files: ['tagged/one'] })
  tags.set('P', { datasets: [], individuals: [1], files: [] })
  grants.splice(
    0,
    Infinity,
    GRANT,
    { ...GRANT, id: 'g2', scope: { tag: 'T' } },
    { ...GRANT, id: 'g3', scope: { tag: 'P' } },
  )
}

/** Datasets `open`, `known`, `listed`… with a VCF file `DATASET/one` each, and reads of the same people as `listed/reads`. */
export async function setRights(fixture: HtsgetFixture): Promise<void> {
  decide(fixture.world)
  fixture.world.organisations = undefined
  fixture.removed.clear()
  const policy = { assembly: 'GRCh38', access: 'controlled', granularity: 'record' } as const
  fixture.policies.splice(
    0,
    Infinity,
    { ...policy, id: 'open', access: 'public' },
    { ...policy, id: 'known', access: 'registered' },
    { ...policy, id: 'listed', controller: 'Region Test' },
    { ...policy, id: 'numbers', granularity: 'count' },
    { ...policy, id: 'tagged' },
    { ...policy, id: 'named' },
    { ...policy, id: 'closed' },
  )
  for (const { id } of fixture.policies) await addCohortFile(fixture, `${id}/one`, id)
  const contigs = [{ name: 'chr1', length: 1_000 }]
  const header = { text: '@SQ\tSN:chr1\tLN:1000\n@RG\tID:a\tSM:anna\n@RG\tID:b\tSM:bo\n', references: contigs }
  const reads = [10, 20, 900].map((start) => ({ contig: 0, start, span: 5, name: `r${start}` }))
  const { bytes, records } = bamFile(header, reads, 2_000)
  const index = binningIndex(records, { kind: 'bai', minShift: 14, depth: 5, contigs: 1, hasWhole: true })
  const file = await openBam(memoryFile(bytes), memoryFile(index))
  const people = fixture.files.get('listed/one')!.known.people
  fixture.files.set('listed/reads', {
    known: { id: 'listed/reads', datasetId: 'listed', kind: 'reads', format: 'BAM', people },
    opened: { data: toRandomAccess(bytes), file, version: '1' },
  })
}

/** Makes the first grant another one. */
export function change(patch: Partial<GrantInForce>) {
  return ({ grants }: AccessWorld) => void (grants[0] = { ...GRANT, ...patch })
}
