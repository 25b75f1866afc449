import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readTestConfig } from './support/config.js'
import { GenotypeReader, zoneOf, type ReadAllele, type Reading, type ReadPerson } from './support/genotype-reader.js'
import { forEachConcurrently, postJson } from './support/http-client.js'
import { createMutator, createRandom } from './support/mutate-vcf.js'
import { SHARED_DATA } from './support/paths.js'
import { mustRunAll, run, startService, type Service } from './support/processes.js'
import { describeWithToolsAndShared } from './support/tools.js'

const FILE = 'data/htsget/derived/1000G_htsnexus.vcf.gz'
const SEED = 19_760_401
const AT_ONCE = 16
const MINUTES = 60_000
/** All records and people take minutes, and FYR_EXHAUSTIVE asks for them. */
const { exhaustive } = readTestConfig()
const EVERY = exhaustive ? { record: 1, person: 1 } : { record: 10, person: 12 }
const TIMEOUT_MS = (exhaustive ? 60 : 10) * MINUTES

const HEADER = [
  '##fileformat=VCFv4.2',
  ...['PASS', 'LowQual', 'q10', 's50', 'pass'].map((id) => `##FILTER=<ID=${id},Description="${id}">`),
  ...['21', '22', 'X', 'Y', 'MT'].map((id) => `##contig=<ID=${id}>`),
  ...['CN0', 'CN1', 'CN2', 'CN3', 'CN4', 'INV'].map((id) => `##ALT=<ID=${id},Description="${id}">`),
  '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
  '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
  '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
  '##FORMAT=<ID=XS,Number=1,Type=String,Description="Another">',
]

/** The same records elsewhere too: X, PAR of X and of Y, Y, MT. */
function copiesOf(columns: readonly string[], index: number): readonly (readonly string[])[] {
  const pos = Number(columns[1])
  const place = [
    ['X', 20_000_000 + (pos % 10_000_000)],
    ['X', 70_000 + (pos % 2_000_000)],
    ['Y', 20_000 + (pos % 2_000_000)],
    ['Y', 10_000_000 + (pos % 10_000_000)],
    ['MT', 1 + (pos % 16_000)],
  ][index % 20]
  return place ? [columns, [String(place[0]), String(place[1]), ...columns.slice(2)]] : [columns]
}

/** Families of three and people alone; most of known sex. */
function toPeople(names: readonly string[], random: () => number): readonly ReadPerson[] {
  return names.map((name, index) => {
    const chance = random()
    const sex = chance < 0.48 ? 'male' : chance < 0.96 ? 'female' : 'unknown'
    return { name, sex, family: index % 10 < 6 ? `F${Math.floor(index / 3)}` : undefined }
  })
}

const SEX_CODES = { male: 1, female: 2, unknown: 0 }

function toPed(people: readonly ReadPerson[]): string {
  return people.map(({ name, sex, family }) => `${family ?? 0}\t${name}\t0\t0\t${SEX_CODES[sex]}\t0\n`).join('')
}

interface Answer {
  readonly responseSummary: { readonly exists: boolean }
  readonly info: { readonly node: { readonly counts: object } }
}

type Place = Pick<ReadAllele, 'chrom' | 'start' | 'ref' | 'alt'>

/** A trimmed insertion or deletion gets a base before it: one that keeps it where it is. */
function toQuestion({ chrom, start, ref, alt }: Place): object {
  const isAnchored = ref === '' || alt === ''
  const anchor = `${ref}${alt}`.endsWith('A') ? 'C' : 'A'
  const g_variant = {
    assemblyId: 'GRCh37',
    referenceName: chrom,
    start: [isAnchored ? start - 1 : start],
    referenceBases: isAnchored ? `${anchor}${ref}` : ref,
    alternateBases: isAnchored ? `${anchor}${alt}` : alt,
  }
  const query = { requestParameters: { g_variant }, requestedGranularity: 'count', includeResultsetResponses: 'ALL' }
  return { meta: { apiVersion: 'v2.2.0' }, query }
}

function sum(numbers: Uint8Array): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function expectedCounts(
  { chrom, start, carried, called }: Pick<ReadAllele, 'chrom' | 'start' | 'carried' | 'called'>,
  people: readonly ReadPerson[],
): object {
  const [het, one, hom] = [1, 2, 3].map((kind) => carried.filter((carries) => carries === kind).length)
  const carriers = people.filter((_, person) => carried[person]! > 0)
  const counts = {
    individuals: carriers.length,
    families: new Set(carriers.map(({ name, family }) => family ?? `alone ${name}`)).size,
    alleleCount: het! + one! + 2 * hom!,
    alleleNumber: sum(called),
    anBasis: 'called',
  }
  return zoneOf(chrom, start + 1).zone === 'mt'
    ? { ...counts, homoplasmic: one, heteroplasmic: het }
    : { ...counts, heterozygotes: het, homozygotes: hom, hemizygotes: one }
}

/** Of a place without any record: the usual copies of everybody whose sex tells them. */
function expectedAbsence({ chrom, start }: Place, people: readonly ReadPerson[]): object {
  const { zone } = zoneOf(chrom, start + 1)
  const called = Uint8Array.from(people, ({ sex }) => {
    if (zone === 'diploid') return 2
    if (zone === 'mt' || sex === 'male') return 1
    return zone === 'x' && sex === 'female' ? 2 : 0
  })
  const isUnknown = (zone === 'x' || zone === 'y') && people.some(({ sex }) => sex === 'unknown')
  const counts = expectedCounts({ chrom, start, carried: new Uint8Array(people.length), called }, people)
  return { ...counts, anBasis: isUnknown ? 'unknown' : 'assumed' }
}

describeWithToolsAndShared(['bcftools'], [FILE], 'the 1000 Genomes file with what files of the wild have', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-mutated-'))
  const file = join(directory, 'mutated.vcf')
  let people: readonly ReadPerson[]
  let reading: Reading
  let report: Record<string, unknown>
  let service: Service

  /** Writes the mutated file, reading what is written by the oracle. */
  function writeMutated(): void {
    const random = createRandom(SEED)
    const mutator = createMutator(random)
    const text = gunzipSync(readFileSync(join(SHARED_DATA, '..', FILE))).toString('latin1')
    const source = text.split('\n').filter((line) => line !== '' && !line.startsWith('##'))
    const isKept = (_: string, index: number) => index < 9 || index % EVERY.person === 0
    const head = source[0]!.split('\t').filter(isKept)
    people = toPeople(head.slice(9), random)
    const reader = new GenotypeReader(people)
    const descriptor = openSync(file, 'w')
    writeSync(descriptor, [...HEADER, head.join('\t'), ''].join('\r\n'))
    for (const [index, line] of source.slice(1).entries()) {
      if (index % EVERY.record !== 0) continue
      for (const columns of copiesOf(line.split('\t').filter(isKept), index / EVERY.record)) {
        for (const mutated of mutator.mutate(columns)) {
          reader.read(mutated)
          writeSync(descriptor, `${mutated}\r\n`)
        }
      }
    }
    closeSync(descriptor)
    reading = reader.reading
  }

  async function countsOf(place: Place): Promise<{ readonly exists: boolean; readonly counts: object }> {
    const { body } = await postJson(`${service.url}/beacon/v2/g_variants`, toQuestion(place))
    const { responseSummary, info } = body as Answer
    return { exists: responseSummary.exists, counts: info.node.counts }
  }

  async function findWrong(
    asked: readonly { readonly place: Place; readonly expected: object; readonly exists: boolean }[],
  ): Promise<readonly object[]> {
    const wrong: object[] = []
    await forEachConcurrently(asked, AT_ONCE, async ({ place, expected, exists }) => {
      const { chrom, start, ref, alt } = place
      const found = await countsOf(place)
      const isRight = sorted(found.counts) === sorted(expected) && found.exists === exists
      if (!isRight) wrong.push({ allele: { chrom, start, ref, alt }, found, expected })
    })
    return wrong
  }

  beforeAll(async () => {
    writeMutated()
    const ped = join(directory, 'people.ped')
    writeFileSync(ped, toPed(people))
    const home = join(directory, 'node')
    const dataset = ['--name', 'Mutated', '--assembly', 'GRCh37', '--granularity', 'count', '--access', 'public']
    const printed = await mustRunAll('node/main.js', [
      ['init', home, '--id', 'se.fyr.norr', '--name', 'Region Norr'],
      ['dataset', 'add', home, 'kg', ...dataset, '--basis', 'The 1000 Genomes Project is public'],
      ['ingest', home, '--dataset', 'kg', '--ped', ped, '--json', file],
    ])
    report = JSON.parse(printed.at(-1)!) as typeof report
    service = await startService('node/main.js', 'serve', home, '--port', '0')
  }, TIMEOUT_MS)

  afterAll(async () => {
    await service.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test(
    'every count of every allele is that of a reader of single genotypes',
    async () => {
      const asked = [...reading.alleles.values()].map((place) => {
        const expected = expectedCounts(place, people)
        return { place, expected, exists: place.carried.some((carries) => carries > 0) }
      })
      // The generator does what it is for.
      expect(asked.length).toBeGreaterThan(2_000)
      const wrong = await findWrong(asked)
      expect(wrong.slice(0, 5)).toEqual([])
      expect(wrong).toHaveLength(0)
    },
    TIMEOUT_MS,
  )

  test(
    'an allele that no record has counts those whom records of its reference bases called, else everybody',
    async () => {
      const alleles = [...reading.alleles.values()]
      const placeOf = ({ chrom, start, ref }: Place) => `${chrom}:${start}:${ref}`
      const byPlace = new Map<string, ReadAllele[]>()
      for (const allele of alleles) byPlace.set(placeOf(allele), [...(byPlace.get(placeOf(allele)) ?? []), allele])
      const nearby = alleles
        .filter(({ ref }, index) => index % 3 === 0 && ref !== '')
        .flatMap((allele) => {
          const beside = byPlace.get(placeOf(allele))!
          const alt = ['A', 'C', 'G', 'T', 'AC', 'CA'].find(
            (bases) =>
              bases[0] !== allele.ref[0] &&
              bases.at(-1) !== allele.ref.at(-1) &&
              !beside.some(({ alt }) => alt === bases),
          )
          if (alt === undefined) return []
          const called = allele.called.map((_, person) => Math.max(...beside.map(({ called }) => called[person]!)))
          const carried = new Uint8Array(people.length)
          const place = { ...allele, alt }
          return [{ place, expected: expectedCounts({ ...allele, carried, called }, people), exists: false }]
        })
      const absent = alleles
        .filter((_, index) => index % 7 === 0)
        .map(({ chrom, start }) => ({ chrom, start: start + 3, ref: 'A', alt: 'TTTTTT' }))
        .filter((place) => !byPlace.has(placeOf(place)))
        .map((place) => ({ place, expected: expectedAbsence(place, people), exists: false }))
      expect(nearby.length).toBeGreaterThan(500)
      expect(absent.length).toBeGreaterThan(200)
      const wrong = await findWrong([...nearby, ...absent])
      expect(wrong.slice(0, 5)).toEqual([])
      expect(wrong).toHaveLength(0)
    },
    TIMEOUT_MS,
  )

  test('the report tells how many calls contradict another record, and the sex', () => {
    const { contradictoryDuplicates, maleHeterozygousXY, femaleOnY } = reading
    expect(contradictoryDuplicates).toBeGreaterThan(100)
    expect(maleHeterozygousXY).toBeGreaterThan(20)
    expect(femaleOnY).toBeGreaterThan(20)
    const contradictions = { maleHeterozygousXY, femaleOnY, polyploid: 0 }
    expect(report).toMatchObject({ contradictoryDuplicates, contradictions, individuals: people.length })
  })

  test(
    'AC and AN are those of bcftools where its rules are ours',
    async () => {
      // Autosomes, one record, no FILTER, no GQ: bcftools filters neither and knows no sex.
      const format = '%CHROM\\t%POS\\t%REF\\t%ALT\\t%AC\\t%AN\\n'
      const script = `bcftools norm -m -any -Ou "$1" 2>/dev/null | bcftools +fill-tags -Ou -- -t AC,AN | bcftools query -f '${format}'`
      const { code, stdout, stderr } = await run('bash', ['-o', 'pipefail', '-c', script, 'count', file])
      expect({ code, stderr }).toMatchObject({ code: 0 })
      const byKey = new Map<string, readonly [number, number]>()
      for (const line of stdout.trimEnd().split('\n')) {
        const [chrom, pos, ref, alt, ac, an] = line.split('\t')
        const reader = new GenotypeReader([])
        reader.read([chrom, pos, '.', ref, alt, '.', '.', '.', 'GT'].join('\t'))
        for (const key of reader.reading.alleles.keys()) byKey.set(key, [Number(ac), Number(an)])
      }
      let compared = 0
      const wrong: object[] = []
      for (const [key, { chrom, records, isPlain, carried, called }] of reading.alleles) {
        if (!/^2[12]$/.test(chrom) || records > 1 || !isPlain) continue
        const [ac, an] = byKey.get(key)!
        const alleleCount = carried.reduce((total, kind) => total + (kind === 3 ? 2 : kind > 0 ? 1 : 0), 0)
        compared += 1
        if (ac !== alleleCount || an !== sum(called))
          wrong.push({ key, ac, an, alleleCount, alleleNumber: sum(called) })
      }
      expect(compared).toBeGreaterThan(500)
      expect(wrong).toEqual([])
    },
    TIMEOUT_MS,
  )
})

function sorted(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
