import { toVerdict, type NetworkInfo } from '../../schemas/index.js'

/** Somebody has it. */
export const EXIT_HIT = 0
/** Nobody could answer. */
export const EXIT_NO_ANSWER = 1
/** Every region answered for this assembly, nothing was withheld, and nobody has it. */
export const EXIT_NOBODY = 3
/** No hit, but incomplete or withheld. */
export const EXIT_INCOMPLETE = 4

/** What the answer means for a script. */
export function toExitCode(info: NetworkInfo): number {
  switch (toVerdict(info)) {
    case 'somebody':
      return EXIT_HIT
    case 'nobody':
      return EXIT_NOBODY
    case 'not-found-but-incomplete':
      return EXIT_INCOMPLETE
    case 'no-answer':
      return EXIT_NO_ANSWER
  }
}
