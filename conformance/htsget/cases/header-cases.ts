import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import { filesAndFormats, type HtsgetCase, type ServedFile, type World } from '../world.js'

const SPEC = 'htsget 1.3, "class"'

async function forEachHeader(
  world: World,
  judge: (file: ServedFile, format: string, bytes: Buffer, where: string) => Promise<Verdict>,
): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const [file, format] of filesAndFormats(world)) {
    const { ticket, where } = await world.client.get(file.endpoint, file.id, [
      ['format', format],
      ['class', 'header'],
    ])
    if (!ticket) verdicts.push(fail('no ticket', 'a ticket', where))
    else verdicts.push(await judge(file, format, await world.client.fetchAll(ticket), where))
  }
  return firstFailure(verdicts, 'no file')
}

function judgeAlone(world: World): Promise<Verdict> {
  return forEachHeader(world, async (_file, format, bytes, where) => {
    const decoded = await world.decoder.decode(format, bytes)
    if (!decoded) return skip(`nothing here reads ${format}`)
    if (decoded.records.length === 0) return pass()
    return fail(`${decoded.records.length} records`, 'the header and no record', where)
  })
}

function judgeContigs(world: World): Promise<Verdict> {
  return forEachHeader(world, async (file, format, bytes, where) => {
    const decoded = await world.decoder.decode(format, bytes)
    if (!decoded) return skip(`nothing here reads ${format}`)
    const missing = file.contigs.find((name) => !decoded.contigs.includes(name))
    return missing === undefined ? pass() : fail(`no contig ${missing}`, 'every contig that the file has', where)
  })
}

function judgeClasses({ client }: World): Verdict {
  const asked = client.exchanges.filter(({ where, ticket }) => ticket && /[?&]class=header\b/.test(where))
  const verdicts = asked.map(({ ticket, where }) => {
    const classes = ticket!.urls.map((url) => url.class)
    if (classes.every((name) => name === undefined)) return skip('no class on the URLs')
    return classes.includes('header') ? pass() : fail(`classes ${classes.join(', ')}`, 'a URL of class header', where)
  })
  return firstFailure(verdicts, 'no header was asked')
}

export const HEADER_CASES: readonly HtsgetCase[] = [
  {
    id: 'header.alone',
    title: 'class=header gives a file that can be read, with no record in it',
    spec: SPEC,
    severity: 'should',
    run: judgeAlone,
  },
  {
    id: 'header.contigs',
    title: 'the header has every contig of the file',
    spec: SPEC,
    severity: 'must',
    run: judgeContigs,
  },
  {
    id: 'header.classes',
    title: 'a header is marked as one where classes are used',
    spec: SPEC,
    severity: 'must',
    run: judgeClasses,
  },
]
