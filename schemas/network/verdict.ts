import type { NetworkInfo } from './network-answer.js'

/** What a network answer lets one say: somebody has it, nobody has it, no hit so far, or nobody could answer. */
export type Verdict = 'somebody' | 'nobody' | 'not-found-but-incomplete' | 'no-answer'

/** "Nobody" is said only when every region answered for this assembly, nothing was withheld, and no bound leaves room. */
export function toVerdict({ regionsAnswered, complete, total }: NetworkInfo): Verdict {
  if (total.exists) return 'somebody'
  if (regionsAnswered === 0) return 'no-answer'
  return complete && total.bounds.individuals.upper === 0 ? 'nobody' : 'not-found-but-incomplete'
}
