import type { ParsedOntology, ParsedTerm } from './parsed-ontology.js'
import { findComponents } from './strongly-connected.js'

/** An id of an ontology: a term, or what stands for one. `number` is its place in the ontology. */
export interface NumberedTerm {
  readonly number: number
  readonly id: string
  readonly label: string
  readonly isObsolete: boolean
  /** Number of the current term: its own, or that of the term which this id (an alternative or replaced one) stands for. */
  readonly current: number
  /** Of an obsolete term: what replaces it, where that is not in this ontology. */
  readonly replacedBy: string | undefined
  /** Of an obsolete term without a sure replacement: what may be meant. */
  readonly consider: readonly string[]
  /** No stanza tells of it, only the `is_a` of another term. */
  readonly isUndefined: boolean
}

/** Numbers first to last, both included. */
export type Run = readonly [first: number, last: number]

/** An ontology whose terms are numbered along the hierarchy, so that the descendants of a term are a few runs of numbers. */
export interface ClosedOntology {
  readonly terms: readonly NumberedTerm[]
  /** By number: the term with its descendants and all ids that stand for them; undefined where that is the id alone. */
  readonly descendants: readonly (readonly Run[] | undefined)[]
  /** Terms that are each other's descendants. */
  readonly cycles: readonly (readonly string[])[]
  /** Alternative ids that several terms claim; they stand for none. */
  readonly ambiguousIds: readonly string[]
}

/**
 * Computes who descends from whom by `is_a`. Members of a cycle are each other's descendants. Obsolete terms have neither
 * ancestors nor descendants; their replacements do.
 */
export function closeOntology({ terms }: ParsedOntology): ClosedOntology {
  const { aliases, ambiguousIds } = findAliases(terms)
  const nodes = findNodes(terms, aliases)
  const indexes = new Map(nodes.map((id, index) => [id, index]))
  const children: number[][] = nodes.map(() => [])
  for (const [index, id] of nodes.entries()) {
    const term = terms.get(id)
    for (const written of term && !term.isObsolete ? term.parents : []) {
      const parent = indexes.get(aliases.get(written) ?? written)
      if (parent !== undefined && parent !== index) children[parent]!.push(index)
    }
  }
  const components = findComponents(children)
  const componentOf = new Int32Array(nodes.length)
  for (const [component, members] of components.entries()) for (const node of members) componentOf[node] = component
  const below = components.map((members, component) => {
    const targets = new Set(members.flatMap((node) => children[node]!.map((child) => componentOf[child]!)))
    targets.delete(component)
    return [...targets]
  })

  const aliasesOf = new Map<string, string[]>()
  for (const [alias, id] of aliases) aliasesOf.set(id, [...(aliasesOf.get(id) ?? []), alias])
  const numbered: NumberedTerm[] = []
  const ownRuns: Run[] = []
  for (const component of depthFirst(below)) {
    const first = numbered.length
    for (const node of components[component]!) {
      const id = nodes[node]!
      const current = numbered.length
      numbered.push(toNumbered(id, current, current, terms.get(id)))
      for (const alias of aliasesOf.get(id) ?? []) {
        numbered.push(toNumbered(alias, numbered.length, current, terms.get(alias)))
      }
    }
    ownRuns[component] = [first, numbered.length - 1]
  }

  const descendants: (readonly Run[] | undefined)[] = numbered.map(() => undefined)
  const closed: (readonly Run[])[] = []
  // Components come after all that are below them.
  for (const [component, targets] of below.entries()) {
    const own = ownRuns[component]!
    const runs = uniteRuns([own, ...targets.flatMap((target) => closed[target]!)])
    closed.push(runs)
    if (runs.length === 1 && runs[0]![0] === runs[0]![1]) continue
    for (let number = own[0]; number <= own[1]; number++) {
      if (numbered[number]!.current === number) descendants[number] = runs
    }
  }
  const cycles = components.filter(({ length }) => length > 1).map((members) => members.map((node) => nodes[node]!))
  return { terms: numbered, descendants, cycles, ambiguousIds }
}

/** All ids with a place of their own: terms that no other stands for, and parents that have no stanza. */
function findNodes(terms: ReadonlyMap<string, ParsedTerm>, aliases: ReadonlyMap<string, string>): readonly string[] {
  const nodes = new Set<string>()
  for (const [id, { isObsolete, parents }] of terms) {
    if (!aliases.has(id)) nodes.add(id)
    if (!isObsolete) for (const parent of parents) nodes.add(aliases.get(parent) ?? parent)
  }
  return [...nodes]
}

/** Ids that stand for another: alternative ids, and obsolete terms with one replacement, as far as it can be followed. */
function findAliases(terms: ReadonlyMap<string, ParsedTerm>): {
  readonly aliases: ReadonlyMap<string, string>
  readonly ambiguousIds: readonly string[]
} {
  const claims = new Map<string, Set<string>>()
  const claim = (alias: string, id: string): void => {
    const own = claims.get(alias) ?? new Set()
    if (alias !== id) claims.set(alias, own.add(id))
  }
  for (const { id, isObsolete, alternativeIds, replacedBy } of terms.values()) {
    for (const alias of alternativeIds) {
      const known = terms.get(alias)
      // A term of its own is no other's alternative, unless it is obsolete and does not say itself what replaces it.
      if (!known || (known.isObsolete && known.replacedBy.size === 0)) claim(alias, id)
    }
    if (isObsolete) for (const replacement of replacedBy) claim(id, replacement)
  }
  const ambiguousIds = [...claims].filter(([, ids]) => ids.size > 1).map(([alias]) => alias)
  const aliases = new Map<string, string>()
  for (const alias of claims.keys()) {
    const seen = new Set([alias])
    let id = alias
    for (let next = onlyClaim(claims, id); next !== undefined && !seen.has(next); next = onlyClaim(claims, id)) {
      seen.add(next)
      id = next
    }
    // Replacements in a circle replace nothing.
    if (id !== alias && onlyClaim(claims, id) === undefined && terms.has(id)) aliases.set(alias, id)
  }
  return { aliases, ambiguousIds }
}

function onlyClaim(claims: ReadonlyMap<string, ReadonlySet<string>>, id: string): string | undefined {
  const ids = claims.get(id)
  return ids?.size === 1 ? [...ids][0] : undefined
}

function toNumbered(id: string, number: number, current: number, term: ParsedTerm | undefined): NumberedTerm {
  const replacements = [...(term?.replacedBy ?? [])]
  const isUnresolved = term?.isObsolete === true && current === number
  const isSure = replacements.length === 1
  return {
    number,
    id,
    label: term?.label ?? '',
    isObsolete: term?.isObsolete ?? false,
    current,
    replacedBy: isUnresolved && isSure ? replacements[0] : undefined,
    consider: isUnresolved ? [...new Set([...(isSure ? [] : replacements), ...term.consider])] : [],
    isUndefined: term === undefined && current === number,
  }
}

/** Every component once, in an order in which most descendants follow their ancestor directly. */
function* depthFirst(below: readonly (readonly number[])[]): Generator<number> {
  const isBelow = new Uint8Array(below.length)
  for (const targets of below) for (const target of targets) isBelow[target] = 1
  const isVisited = new Uint8Array(below.length)
  // Components come after all that are below them, so that the last is a root.
  for (let root = below.length - 1; root >= 0; root--) {
    if (isBelow[root] === 1) continue
    const waiting = [root]
    for (let component = waiting.pop(); component !== undefined; component = waiting.pop()) {
      if (isVisited[component] === 1) continue
      isVisited[component] = 1
      yield component
      waiting.push(...below[component]!)
    }
  }
}

/** The same numbers in as few runs as possible, in order. */
function uniteRuns(runs: readonly Run[]): readonly Run[] {
  const sorted = [...runs].sort(([a], [b]) => a - b)
  const united: [number, number][] = []
  for (const [first, last] of sorted) {
    const before = united.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else united.push([first, last])
  }
  return united
}
