import type { Matching, RegionAnswer, StructuralMatch } from '../../schemas/index.js'

const UNKNOWN = 'not said'

function structuralText({ rule, minimumOverlap = 0, window = 0 }: StructuralMatch): string {
  const inCommon = `${Number((100 * minimumOverlap).toPrecision(6))} % in common`
  const nearEnds = `both ends within ${window} bases`
  switch (rule) {
    case 'overlap':
      return 'any overlap'
    case 'reciprocal-overlap':
      return inCommon
    case 'breakpoints':
      return nearEnds
    case 'default':
      return `${inCommon} or ${nearEnds}`
  }
}

/** A rule of matching in words; equal words are equal rules. */
function toText({ structuralMatch, geneSource, shortForm }: Matching): string {
  const parts = [
    ...(structuralMatch ? [structuralText(structuralMatch)] : []),
    ...(geneSource === 'gene table' ? ['the places of a gene table'] : []),
    ...(geneSource === 'annotation' ? ['the genes of annotations'] : []),
    ...(shortForm ? [shortForm.meaning] : []),
  ]
  return parts.length === 0 ? UNKNOWN : parts.join(', ')
}

function toMatching({ structuralMatch, geneSource, shortForm }: RegionAnswer): Matching {
  return {
    ...(structuralMatch ? { structuralMatch } : {}),
    ...(geneSource ? { geneSource } : {}),
    ...(shortForm ? { shortForm } : {}),
  }
}

/** The regions that answered by the rule that they matched by, in words; one entry of no rule when nobody names one. */
function byRule(answered: readonly RegionAnswer[]): ReadonlyMap<string, readonly RegionAnswer[]> {
  const groups = new Map<string, RegionAnswer[]>()
  for (const region of answered) {
    const rule = toText(region)
    groups.set(rule, [...(groups.get(rule) ?? []), region])
  }
  return groups
}

/** The rule of all regions that answered; empty when they differ. */
export function toCommonMatching(answered: readonly RegionAnswer[]): Matching {
  const [first] = answered
  return first && byRule(answered).size === 1 ? toMatching(first) : {}
}

/** By which rule the regions found what they counted, in words; nothing where the question leaves no choice. */
export function toMatchingNote(answered: readonly RegionAnswer[]): string | undefined {
  const rules = byRule(answered)
  const [only = UNKNOWN] = rules.keys()
  if (rules.size > 1) {
    const parts = [...rules].map(([rule, regions]) => `${rule} (${regions.map(({ name }) => name).join(', ')})`)
    return `The regions did not match by one rule, so their numbers are of different things: ${parts.join('; ')}.`
  }
  return only === UNKNOWN ? undefined : `Matched by: ${only}.`
}
