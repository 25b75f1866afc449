import { fail, firstFailure, pass, skip, type Severity, type Verdict } from '../../suite/case.js'
import { judgeAll } from '../../suite/judge-all.js'
import { toPath, type Exchange, type Parameters, type RawRequest } from '../client.js'
import { readError } from '../ticket.js'
import type { HtsgetCase, ServedFile, World } from '../world.js'

const SPEC = 'htsget 1.3, "Errors"'

interface Wanted {
  readonly status: readonly number[]
  readonly error?: string
}

const INVALID_INPUT: Wanted = { status: [400], error: 'InvalidInput' }
const INVALID_RANGE: Wanted = { status: [400], error: 'InvalidRange' }
const NOT_FOUND: Wanted = { status: [404], error: 'NotFound' }

function judge({ status, body, where, failure }: Exchange, wanted: Wanted): Verdict {
  const required = `${wanted.error ?? 'an error'} (${wanted.status.join(' or ')})`
  if (failure !== undefined) return fail(failure, required, where)
  const told = readError(body)
  if (!wanted.status.includes(status)) return fail(`status ${status} ${told?.error ?? ''}`, required, where)
  if (!told) return fail('no error of htsget', '{"htsget":{"error":…,"message":…}}', where)
  return wanted.error === undefined || told.error === wanted.error ? pass() : fail(told.error, required, where)
}

type Hostile = (file: ServedFile) => RawRequest | undefined

/** One request that is wrong in one way, to every file. */
function errorCase(id: string, title: string, severity: Severity, wanted: Wanted, hostile: Hostile): HtsgetCase {
  return {
    id: `errors.${id}`,
    title,
    spec: SPEC,
    severity,
    async run({ client, files }) {
      const verdicts: Verdict[] = []
      for (const file of files) {
        const request = hostile(file)
        if (!request) verdicts.push(skip('no file that this could be asked of'))
        else verdicts.push(judge(await client.send(request, 'hostile'), wanted))
      }
      return firstFailure(verdicts, 'no file')
    },
  }
}

const get =
  (parameters: (file: ServedFile) => Parameters): Hostile =>
  (file) => ({ method: 'GET', path: toPath(file.endpoint, file.id, parameters(file)) })

const post =
  (body: (contig: string) => unknown): Hostile =>
  (file) => {
    const content = body(file.contigs[0] ?? '1')
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    return { method: 'POST', path: toPath(file.endpoint, file.id), body: text }
  }

const ofReads =
  (hostile: Hostile): Hostile =>
  (file) =>
    file.endpoint === 'reads' ? hostile(file) : undefined

const contig = ({ contigs }: ServedFile): readonly [string, string] => ['referenceName', contigs[0] ?? '1']

/** Larger than any honest body; smaller ones must be taken. */
const TOO_LARGE_BYTES = 32 * 2 ** 20

const WRONG: readonly HtsgetCase[] = [
  errorCase('unknown-id', 'an id that is not there', 'must', NOT_FOUND, ({ endpoint }) => ({
    method: 'GET',
    path: toPath(endpoint, 'there-is-no-such-file'),
  })),
  errorCase(
    'unknown-reference',
    'a referenceName that the file does not have',
    'must',
    NOT_FOUND,
    get(() => [['referenceName', 'there-is-no-such-contig']]),
  ),
  errorCase(
    'format',
    'a format that there is not',
    'must',
    { status: [400], error: 'UnsupportedFormat' },
    get(() => [['format', 'DOCX']]),
  ),
  errorCase(
    'format-of-other-endpoint',
    'a format of the other endpoint',
    'must',
    { status: [400], error: 'UnsupportedFormat' },
    get(({ endpoint }) => [['format', endpoint === 'reads' ? 'VCF' : 'BAM']]),
  ),
  errorCase(
    'class',
    'a class that there is not',
    'must',
    INVALID_INPUT,
    get(() => [['class', 'body']]),
  ),
  errorCase(
    'class-with-region',
    'class=header with a region',
    'must',
    INVALID_INPUT,
    get((file) => [['class', 'header'], contig(file)]),
  ),
  errorCase(
    'start-alone',
    'start without referenceName',
    'must',
    INVALID_INPUT,
    get(() => [['start', '1']]),
  ),
  errorCase(
    'end-alone',
    'end without referenceName',
    'must',
    INVALID_INPUT,
    get(() => [['end', '1']]),
  ),
  errorCase(
    'start-of-unplaced',
    'start for reads without a place',
    'must',
    INVALID_INPUT,
    ofReads(
      get(() => [
        ['referenceName', '*'],
        ['start', '1'],
      ]),
    ),
  ),
  errorCase(
    'start-negative',
    'a negative start',
    'must',
    INVALID_INPUT,
    get((file) => [contig(file), ['start', '-1']]),
  ),
  errorCase(
    'start-word',
    'a start that is no number',
    'must',
    INVALID_INPUT,
    get((file) => [contig(file), ['start', 'x']]),
  ),
  errorCase(
    'start-large',
    'a start of more than 32 bits',
    'should',
    INVALID_INPUT,
    get((file) => [contig(file), ['start', '4294967296']]),
  ),
  errorCase(
    'start-fraction',
    'a start with a fraction',
    'should',
    INVALID_INPUT,
    get((file) => [contig(file), ['start', '1.5']]),
  ),
  errorCase(
    'range',
    'an end before the start',
    'must',
    INVALID_RANGE,
    get((file) => [contig(file), ['start', '2'], ['end', '1']]),
  ),
  errorCase(
    'fields',
    'a field that there is not',
    'must',
    INVALID_INPUT,
    ofReads(get(() => [['fields', 'QNAME,COLOUR']])),
  ),
  errorCase(
    'tags',
    'a tag that is both wanted and not',
    'must',
    INVALID_INPUT,
    ofReads(
      get(() => [
        ['tags', 'NM,MD'],
        ['notags', 'MD'],
      ]),
    ),
  ),
  errorCase('post-query', 'parameters in the URL of a POST', 'must', INVALID_INPUT, (file) => ({
    method: 'POST',
    path: toPath(file.endpoint, file.id, [['format', file.formats[0]!]]),
    body: '{}',
  })),
  errorCase(
    'post-range',
    'a region of a POST that ends where it starts',
    'must',
    INVALID_RANGE,
    post((referenceName) => ({ regions: [{ referenceName, start: 5, end: 5 }] })),
  ),
  errorCase(
    'post-no-regions',
    'an empty list of regions',
    'must',
    INVALID_INPUT,
    post(() => ({ regions: [] })),
  ),
  errorCase(
    'post-no-reference',
    'a region without referenceName',
    'must',
    INVALID_INPUT,
    post(() => ({ regions: [{ start: 1, end: 2 }] })),
  ),
  errorCase(
    'post-text',
    'regions that are no list',
    'must',
    INVALID_INPUT,
    post(() => ({ regions: 'all' })),
  ),
  errorCase(
    'post-json',
    'a body that is no JSON',
    'must',
    INVALID_INPUT,
    post(() => '{"regions":'),
  ),
  errorCase(
    'post-size',
    'a body of 32 MiB',
    'should',
    { status: [413], error: 'PayloadTooLarge' },
    post((referenceName) => ({ regions: [{ referenceName: referenceName.padEnd(TOO_LARGE_BYTES, 'x') }] })),
  ),
  errorCase('method', 'a method that there is not', 'should', { status: [405, 501] }, ({ endpoint, id }) => ({
    method: 'DELETE',
    path: toPath(endpoint, id),
  })),
  errorCase('traversal', 'an id with steps to other folders', 'must', { status: [400, 403, 404] }, ({ endpoint }) => ({
    method: 'GET',
    path: `/${endpoint}/..%2f..%2f..%2fetc%2fpasswd`,
  })),
]

const isHostile = ({ kind, failure }: Exchange): boolean => kind === 'hostile' && failure === undefined

const FORM: readonly HtsgetCase[] = [
  {
    id: 'errors.form',
    title: 'every error is a JSON document of htsget',
    spec: SPEC,
    severity: 'must',
    run: ({ client }: World) =>
      judgeAll(client.exchanges, isHostile, ({ body, headers, text }) => {
        const required = 'a JSON document {"htsget":{"error":…,"message":…}}'
        if (!readError(body)) return { seen: text.slice(0, 60), required }
        const type = headers['content-type'] ?? ''
        return /json/i.test(type) ? undefined : { seen: `Content-Type ${type}`, required }
      }),
  },
  {
    id: 'errors.no-fault',
    title: 'no wrong request makes the service fail',
    spec: SPEC,
    severity: 'must',
    run: ({ client }: World) =>
      judgeAll(client.exchanges, isHostile, ({ status }) =>
        status >= 500 && status !== 501 ? { seen: `status ${status}`, required: 'a status below 500' } : undefined,
      ),
  },
]

export const ERROR_CASES: readonly HtsgetCase[] = [...WRONG, ...FORM]
