import { openIndividuals } from './metadata/individuals.js'

/** @param who a laboratory's name of a person, or a pseudonym @returns the pseudonym; undefined: there is no such person */
export function findPseudonym(directory: string, who: string): string | undefined {
  const register = openIndividuals(directory)
  try {
    return (register.findByPseudonym(who) ?? register.findByName(who))?.pseudonym
  } finally {
    register.close()
  }
}
