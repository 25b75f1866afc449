import type { RightsQuestion } from './oracle.js'
import { DATASETS, PROJECTS, REQUESTED, SITES_OF_WORLD, USERS } from './world.js'

const PURPOSES = ['HRESCH', 'HRESCH', 'HRESCH', 'HQUALIMP', 'TREAT', 'PUBHLTH'] as const
/** Bases, at most: some sites of the world. */
const LONGEST_RANGE = 1_500
/** Of ten questions, this many come from the user's own project; the others from any, or from none. */
const OWN = 0.7

/** Questions of every user, with the right words and with wrong ones, in no order. */
export function createQuestions(count: number, random: () => number): readonly RightsQuestion[] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  return Array.from({ length: count }, (_, index): RightsQuestion => {
    const user = USERS[index % USERS.length]!
    const { pos } = pick(SITES_OF_WORLD)
    const isRange = random() < 0.3
    const end = isRange ? pos + Math.floor(random() * LONGEST_RANGE) : pos
    const place = { requested: pick(REQUESTED), start: pos - 1, end, isRange }
    const named = random() < 0.15 ? { named: [pick(DATASETS).id] } : {}
    if (user.isAnonymous) return { user: user.id, ...place, ...named }
    const own = PROJECTS.filter(({ members }) => members.includes(user.id))
    const project = random() < OWN && own.length > 0 ? pick(own) : random() < 0.5 ? pick(PROJECTS) : undefined
    const purpose = project || random() < 0.5 ? { purpose: pick(PURPOSES) } : {}
    return { user: user.id, ...place, ...named, ...(project ? { project: project.id } : {}), ...purpose }
  })
}
