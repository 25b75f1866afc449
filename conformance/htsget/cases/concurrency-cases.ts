import { fail, pass, skip, type Verdict } from '../../suite/case.js'
import { MOST_IN_FLIGHT } from '../../suite/transport.js'
import { toParameters } from '../client.js'
import { filesAndFormats, type HtsgetCase, type World } from '../world.js'

/** Each question several times, so that the service is under load. */
const ROUNDS = 4

/** Tickets differ from one another in their credentials; what they lead to does not. */
async function judgeMixed(world: World): Promise<Verdict> {
  const { client, decoder } = world
  const questions = filesAndFormats(world).flatMap(([{ endpoint, id, asked }, format]) =>
    asked.map((region) => ({ endpoint, id, format, parameters: toParameters(region, format) })),
  )
  if (questions.length === 0) return skip('no region of a file is known')
  const keysOf = async ({ endpoint, id, format, parameters }: (typeof questions)[number]) => {
    const { ticket, where, status } = await client.get(endpoint, id, parameters)
    if (!ticket) throw new Error(`${where} answers ${status}`)
    return { where, format, bytes: await client.fetchAll(ticket) }
  }
  const alone: string[] = []
  for (const question of questions) {
    const { bytes } = await keysOf(question)
    const decoded = await decoder.decode(question.format, bytes)
    alone.push(decoded ? decoded.records.map(({ key }) => key).join('\n') : '')
  }
  const all = Array.from({ length: ROUNDS }, () => questions.map((question, index) => ({ question, index }))).flat()
  for (let at = 0; at < all.length; at += MOST_IN_FLIGHT) {
    const answers = await Promise.all(
      all.slice(at, at + MOST_IN_FLIGHT).map(async ({ question, index }) => ({ index, ...(await keysOf(question)) })),
    )
    for (const { index, where, format, bytes } of answers) {
      const decoded = await decoder.decode(format, bytes)
      if (decoded && decoded.records.map(({ key }) => key).join('\n') !== alone[index]) {
        return fail('other records than when asked alone', 'the same records', where)
      }
    }
  }
  return pass(`${all.length} questions`)
}

export const CONCURRENCY_CASES: readonly HtsgetCase[] = [
  {
    id: 'concurrency.mixed',
    title: 'many questions at once have the answers that each has alone',
    spec: 'htsget 1.3, "Response"',
    severity: 'must',
    run: judgeMixed,
  },
]
