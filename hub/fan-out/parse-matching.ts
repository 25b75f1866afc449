import {
  GENE_SOURCES,
  LARGEST_WINDOW,
  SHORT_FORM_MEANINGS,
  STRUCTURAL_RULES,
  type Matching,
  type StructuralMatch,
} from '../../schemas/index.js'
import { isJsonObject, type JsonObject } from '../json-limits.js'
import { InvalidAnswer } from './parse-counts.js'

function parseChoice<T extends string>(value: unknown, known: readonly T[], name: string): T {
  const choice = known.find((each) => each === value)
  if (choice === undefined) throw new InvalidAnswer(`${name} is unknown`)
  return choice
}

function parseOverlap(value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value <= 1))
    throw new InvalidAnswer('structuralMatch.minimumOverlap is no part')
  return value
}

function parseWindow(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > LARGEST_WINDOW)
    throw new InvalidAnswer('structuralMatch.window is no number of bases')
  return (value as number) + 0
}

/** A rule stands with the numbers that it has, and with no others. */
function parseStructuralMatch(value: unknown): StructuralMatch {
  if (!isJsonObject(value)) throw new InvalidAnswer('structuralMatch is not an object')
  const rule = parseChoice(value['rule'], STRUCTURAL_RULES, 'the rule of structuralMatch')
  const hasOverlap = rule === 'default' || rule === 'reciprocal-overlap'
  const hasWindow = rule === 'default' || rule === 'breakpoints'
  if (hasOverlap !== 'minimumOverlap' in value || hasWindow !== 'window' in value)
    throw new InvalidAnswer('the numbers of structuralMatch are not those of its rule')
  return {
    rule,
    ...(hasOverlap ? { minimumOverlap: parseOverlap(value['minimumOverlap']) } : {}),
    ...(hasWindow ? { window: parseWindow(value['window']) } : {}),
  }
}

/**
 * By which rule a node, or a result set, found its alleles; from its `info`.
 *
 * @throws InvalidAnswer
 */
export function parseMatching(info: JsonObject): Matching {
  const { structuralMatch, geneSource, shortForm } = info
  const meaning = isJsonObject(shortForm) ? shortForm['meaning'] : undefined
  return {
    ...(structuralMatch === undefined ? {} : { structuralMatch: parseStructuralMatch(structuralMatch) }),
    ...(geneSource === undefined ? {} : { geneSource: parseChoice(geneSource, GENE_SOURCES, 'geneSource') }),
    ...(shortForm === undefined
      ? {}
      : { shortForm: { meaning: parseChoice(meaning, SHORT_FORM_MEANINGS, 'the meaning of shortForm') } }),
  }
}
