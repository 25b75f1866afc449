import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import { toPath, type Exchange } from '../client.js'
import type { HtsgetCase, ServedFile, World } from '../world.js'

const SPEC = 'hts-specs, pull request 808: encryptionScheme'
const MAGIC = 'crypt4gh'

async function judgeEach(
  world: World,
  judge: (file: ServedFile, ask: (headers: Readonly<Record<string, string>>) => Promise<Exchange>) => Promise<Verdict>,
): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const file of world.files) {
    const path = toPath(file.endpoint, file.id, [['encryptionScheme', MAGIC]])
    verdicts.push(await judge(file, (headers) => world.client.send({ method: 'GET', path, headers })))
  }
  return firstFailure(verdicts, 'no file')
}

function judgeWithoutKey(world: World): Promise<Verdict> {
  return judgeEach(world, async (_file, ask) => {
    const { ticket, where } = await ask({})
    if (!ticket) return pass()
    const bytes = await world.client.fetchAll(ticket)
    if (bytes.toString('latin1', 0, MAGIC.length) === MAGIC) return pass()
    return fail('a plain answer', 'an error, or an encrypted answer', where)
  })
}

function judgeWithKey(world: World): Promise<Verdict> {
  const { publicKey, client } = world
  if (publicKey === undefined) return Promise.resolve(skip('no public key was given (--public-key)'))
  const encoded = Buffer.from(publicKey).toString('base64')
  return judgeEach(world, async (_file, ask) => {
    const { ticket, where, status } = await ask({ 'htsget-context-public-key': encoded })
    if (!ticket) return skip(`encrypted answers are not served (status ${status})`)
    const bytes = await client.fetchAll(ticket)
    if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return fail('a plain answer', 'one Crypt4GH file', where)
    const again = bytes.indexOf(MAGIC, MAGIC.length, 'latin1')
    return again < 0 ? pass() : fail('several Crypt4GH files one after the other', 'one Crypt4GH file', where)
  })
}

export const ENCRYPTION_CASES: readonly HtsgetCase[] = [
  {
    id: 'encryption.never-plain',
    title: 'who asks for encryption and names no key gets nothing plain',
    spec: SPEC,
    severity: 'should',
    run: judgeWithoutKey,
  },
  {
    id: 'encryption.one-file',
    title: 'an encrypted answer is one Crypt4GH file',
    spec: SPEC,
    severity: 'should',
    run: judgeWithKey,
  },
]
