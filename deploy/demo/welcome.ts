import { join } from 'node:path'
import { ACCOUNTS } from './identity/accounts.js'
import { EXAMPLES, type ExampleName, type TrueAnswers } from './examples.js'
import { PHENOTYPE } from './people.js'
import { REGIONS } from './regions.js'
import type { TrueAlleleCounts } from './true-counts.js'

/** Where `fyr` asks when it is not told. */
const DEFAULT_HUB_URL = 'http://127.0.0.1:8080'

function sum(answer: Readonly<Record<string, TrueAlleleCounts>>, key: keyof TrueAlleleCounts): number {
  return Object.values(answer).reduce((total, counts) => total + counts[key], 0)
}

function people(answer: Readonly<Record<string, TrueAlleleCounts>>): string {
  return `${sum(answer, 'individuals')} people, ${sum(answer, 'alleleCount')} of ${sum(answer, 'alleleNumber')} alleles`
}

function holders(answer: Readonly<Record<string, TrueAlleleCounts>>): string {
  return REGIONS.filter(({ key }) => answer[key]!.individuals > 0)
    .map(({ name }) => name)
    .join(' and ')
}

export interface NetworkAddresses {
  readonly hubUrl: string
  readonly regionUrls: readonly string[]
  readonly identityUrl: string
  readonly issuer: string
}

/** What to try and what must come out, from the data themselves. */
/** @param directory where the demonstration keeps its data */
export function toWelcome(addresses: NetworkAddresses, answers: TrueAnswers, directory: string): string {
  const { hubUrl, regionUrls, identityUrl, issuer } = addresses
  const hub = hubUrl === DEFAULT_HUB_URL ? '' : ` --hub ${hubUrl}`
  const login = `npx fyr login${hub}${hub === '' ? '' : ` --issuer ${issuer}`}`
  const command = (name: ExampleName) => `npx fyr variant ${EXAMPLES.find((e) => e.name === name)!.query}${hub}`
  const { everywhere, affected, oneRegion, nowhere } = answers
  const examples: readonly (readonly [string, string])[] = [
    [command('everywhere'), `in all three regions: ${people(everywhere)}`],
    [
      `${command('everywhere')} --filter ${PHENOTYPE.id}`,
      `of these, with ${PHENOTYPE.label.toLowerCase()}s: ${people(affected)}`,
    ],
    [command('oneRegion'), `only in ${holders(oneRegion)}: ${people(oneRegion)}`],
    [command('nowhere'), `nobody has it, of ${sum(nowhere, 'alleleNumber')} alleles; exit code 3`],
  ]
  const rows = [
    ['Portal', hubUrl],
    ['Hub, Beacon v2', `${hubUrl}/beacon/v2`],
    ...REGIONS.map(({ name }, i) => [name, regionUrls[i]!]),
    ['Who is who', identityUrl],
  ]
  return [
    ...rows.map(([name, url]) => `  ${name!.padEnd(16)}${url}`),
    '',
    'Try in another terminal:',
    ...examples.flatMap(([line, expected]) => [`  ${line}`, `      ${expected}`]),
    '',
    `In the portal also a range: ${EXAMPLES.find((e) => e.kind === 'range')!.query}`,
    '',
    'Log in as somebody, without a password, and ask again:',
    `  ${login}`,
    `      ${ACCOUNTS.map(({ name }) => name).join(', ')}; npx fyr whoami says who you are`,
    '',
    'The hub and the two other regions witness the audit log of each region, a minute after it was written to:',
    `  npx fyr-node audit verify ${join(directory, REGIONS[0]!.key)} --witnesses`,
    '',
    'The people are made up. Ctrl-C stops everything.',
  ].join('\n')
}
