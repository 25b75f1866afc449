import { openIndividuals } from './metadata/individuals.js'

/** The register of people as JSON, or one line a person: pseudonym, sex, family, name. */
export function listIndividuals(directory: string, asJson: boolean): string {
  const register = openIndividuals(directory)
  try {
    const individuals = register.list()
    if (asJson) return `${JSON.stringify(individuals, null, 2)}\n`
    if (individuals.length === 0) return 'no individuals\n'
    const lines = individuals.map(
      ({ pseudonym, sex, family, name }) => `${pseudonym}  ${sex.padEnd(7)}  ${family ?? '-'}  ${name}`,
    )
    return `${lines.join('\n')}\n`
  } finally {
    register.close()
  }
}
