import type { AssemblyId } from '../../schemas/index.js'
import type { Individuals } from '../metadata/individuals.js'
import { toVariantInternalId } from '../variants/variant.js'
import type { Interpretation } from './interpretation.js'

/** One interpretation as printed at the node: a person by pseudonym. */
interface ListedInterpretation extends Omit<Interpretation, 'variant' | 'anchor' | 'individual'> {
  readonly variant: string
  readonly individual?: string
}

export function toListed(
  interpretations: readonly Interpretation[],
  assembly: AssemblyId,
  individuals: Pick<Individuals, 'list'>,
): readonly ListedInterpretation[] {
  const pseudonyms = new Map(individuals.list().map(({ number, pseudonym }) => [number, pseudonym]))
  return interpretations.map(({ variant, anchor, individual, ...rest }) => {
    const pseudonym = individual === undefined ? undefined : pseudonyms.get(individual)
    return {
      variant: toVariantInternalId(assembly, variant, anchor),
      ...rest,
      ...(pseudonym === undefined ? {} : { individual: pseudonym }),
    }
  })
}

/** One line each. */
export function toInterpretationTable(listed: readonly ListedInterpretation[]): string {
  if (listed.length === 0) return 'no interpretations\n'
  const lines = listed.map(
    ({ variant, relevance, laboratory, date, condition, conditionLabel, causative, individual }) =>
      [
        variant,
        relevance,
        laboratory,
        date,
        conditionLabel === undefined ? condition : `${condition} ${conditionLabel}`,
        causative === undefined ? '' : causative ? 'causative' : 'not causative',
        individual ?? '',
      ]
        .filter((text) => text !== '')
        .join('  '),
  )
  return `${lines.join('\n')}\n`
}
