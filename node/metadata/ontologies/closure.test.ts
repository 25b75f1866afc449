import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { closeOntology, type ClosedOntology } from './closure.js'
import { TermCollector } from './parsed-ontology.js'

interface Graph {
  readonly size: number
  /** Pairs of child and parent; a parent may have no stanza. */
  readonly isA: readonly (readonly [number, number])[]
  readonly alternatives: readonly number[]
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    isA: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size)), { maxLength: 2 * size }),
    alternatives: fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }),
  }),
)

const idOf = (number: number) => `AB:${number}`
const oldIdOf = (number: number) => `AB:old${number}`

function close({ size, isA, alternatives }: Graph): ClosedOntology {
  const collector = new TermCollector()
  for (let number = 0; number < size; number++) collector.begin(idOf(number))
  for (const [child, parent] of isA) collector.terms.get(idOf(child))!.parents.add(idOf(parent))
  for (const number of alternatives) collector.terms.get(idOf(number))!.alternativeIds.add(oldIdOf(number))
  return closeOntology(collector.finish())
}

/** Walks down from a term, knowing nothing of components or numbers. */
function walk({ isA, alternatives }: Graph, from: number): readonly string[] {
  const found = new Set([from])
  for (const reached of found) for (const [child, parent] of isA) if (parent === reached) found.add(child)
  return [...found]
    .flatMap((number) => [idOf(number), ...(alternatives.includes(number) ? [oldIdOf(number)] : [])])
    .sort()
}

function idsBelow({ terms, descendants }: ClosedOntology, id: string): readonly string[] | undefined {
  const term = terms.find((other) => other.id === id)
  if (!term) return undefined
  const runs = descendants[term.current] ?? [[term.current, term.current]]
  return runs.flatMap(([first, last]) => terms.slice(first, last + 1).map((other) => other.id)).sort()
}

test('the descendants of a term are those that a walk down finds, circles or not', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const closed = close(graph)
      for (let number = 0; number < graph.size; number++) {
        expect(idsBelow(closed, idOf(number))).toEqual(walk(graph, number))
        if (graph.alternatives.includes(number)) expect(idsBelow(closed, oldIdOf(number))).toEqual(walk(graph, number))
      }
      const hasUndefined = graph.isA.some(([, parent]) => parent === graph.size)
      expect(idsBelow(closed, idOf(graph.size))).toEqual(hasUndefined ? walk(graph, graph.size) : undefined)
    }),
    { numRuns: 200 },
  )
})

test('terms in circles are those that a walk down leads back to from another', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const expected = Array.from({ length: graph.size }, (_, number) => number).filter((number) =>
        graph.isA.some(
          ([child, parent]) => parent === number && child !== number && walk(graph, child).includes(idOf(number)),
        ),
      )
      expect(close(graph).cycles.flat().sort()).toEqual(expected.map(idOf).sort())
    }),
  )
})

test('a hierarchy of a hundred thousand levels is no stack too deep', () => {
  const collector = new TermCollector()
  const levels = 100_000
  for (let level = 0; level < levels; level++) collector.begin(idOf(level)).parents.add(idOf(level + 1))
  const { terms, descendants } = closeOntology(collector.finish())
  const root = terms.find(({ id }) => id === idOf(levels))!
  expect(descendants[root.number]).toEqual([[0, levels]])
})
