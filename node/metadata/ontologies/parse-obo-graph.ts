import { FormatError } from '../../formats/format-error.js'
import { prefixOf, toCurie } from './curie.js'
import { TermCollector, type OntologyNaming, type ParsedOntology, type ParsedTerm } from './parsed-ontology.js'

const IS_A = new Set(['is_a', 'subClassOf', 'http://www.w3.org/2000/01/rdf-schema#subClassOf'])
/** "term replaced by" of the Information Artifact Ontology. */
const REPLACED_BY = new Set(['http://purl.obolibrary.org/obo/IAO_0100001', 'IAO:0100001'])
const ALTERNATIVE_ID = /[#:]hasAlternativeId$/
const CONSIDER = /[#:]consider$/

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads an OBO Graph document (github.com/geneontology/obographs): the classes among its nodes, and the edges `is_a`. Several
 * graphs of one document are one ontology, named as the first.
 *
 * @param document parsed JSON
 * @throws FormatError with the place in the document
 */
export function parseOboGraph(document: unknown): ParsedOntology {
  const graphs = isObject(document) ? document['graphs'] : undefined
  if (!Array.isArray(graphs) || graphs.length === 0) {
    throw new FormatError('this is no OBO Graph document: it must be {"graphs": [{"nodes": [...], "edges": [...]}]}')
  }
  const collector = new TermCollector()
  for (const [index, graph] of graphs.entries()) {
    const place = `graphs[${index}]`
    if (!isObject(graph)) throw new FormatError(`${place} is no object`)
    readNaming(graph, collector.naming)
    for (const [at, node] of listOf(graph, 'nodes', place).entries()) readNode(node, `${place}.nodes[${at}]`, collector)
    for (const [at, edge] of listOf(graph, 'edges', place).entries()) readEdge(edge, `${place}.edges[${at}]`, collector)
  }
  return collector.finish()
}

function readNaming(graph: JsonObject, naming: OntologyNaming): void {
  if (typeof graph['id'] === 'string') naming.source ??= graph['id']
  const meta = isObject(graph['meta']) ? graph['meta'] : {}
  if (typeof meta['version'] === 'string') naming.version ??= meta['version']
  for (const { pred, val } of propertiesOf(meta)) {
    if (/[#:/]versionInfo$/.test(pred)) naming.version ??= val
    if (/[#:/]title$/.test(pred)) naming.title ??= val
  }
}

function readNode(node: unknown, place: string, collector: TermCollector): void {
  if (!isObject(node)) throw new FormatError(`${place} is no object`)
  const { id, lbl, type, meta } = node
  if (typeof id !== 'string') throw new FormatError(`${place}.id is missing or no string`)
  if (lbl !== undefined && lbl !== null && typeof lbl !== 'string') throw new FormatError(`${place}.lbl is no string`)
  // Nodes of deprecated ids have no type.
  if (type !== undefined && type !== null && type !== 'CLASS') return
  const curie = toCurie(id)
  if (curie === undefined) return
  const term = collector.begin(curie)
  if (term.label === '' && lbl) term.label = lbl
  if (id !== curie) {
    const prefix = prefixOf(curie)
    const { iriPrefixes } = collector.naming
    if (!iriPrefixes.has(prefix)) iriPrefixes.set(prefix, id.slice(0, id.length - (curie.length - prefix.length - 1)))
  }
  if (isObject(meta)) readNodeMeta(meta, place, term)
}

function readNodeMeta(meta: JsonObject, place: string, term: ParsedTerm): void {
  const { deprecated } = meta
  if (deprecated !== undefined && typeof deprecated !== 'boolean') {
    throw new FormatError(`${place}.meta.deprecated is no boolean`)
  }
  if (deprecated) term.isObsolete = true
  for (const { pred, val } of propertiesOf(meta)) {
    const ids = REPLACED_BY.has(pred)
      ? term.replacedBy
      : ALTERNATIVE_ID.test(pred)
        ? term.alternativeIds
        : CONSIDER.test(pred)
          ? term.consider
          : undefined
    const id = ids && toCurie(val)
    if (id !== undefined) ids!.add(id)
  }
}

function readEdge(edge: unknown, place: string, collector: TermCollector): void {
  if (!isObject(edge)) throw new FormatError(`${place} is no object`)
  const { sub, pred, obj } = edge
  if (typeof sub !== 'string' || typeof pred !== 'string' || typeof obj !== 'string') {
    throw new FormatError(`${place} must have the strings "sub", "pred" and "obj"`)
  }
  if (!IS_A.has(pred)) return
  const child = toCurie(sub)
  const parent = toCurie(obj)
  if (child !== undefined && parent !== undefined) collector.terms.get(child)?.parents.add(parent)
}

function propertiesOf(meta: JsonObject): readonly { readonly pred: string; readonly val: string }[] {
  const properties = meta['basicPropertyValues']
  if (!Array.isArray(properties)) return []
  return properties.filter(
    (property): property is { pred: string; val: string } =>
      isObject(property) && typeof property['pred'] === 'string' && typeof property['val'] === 'string',
  )
}

/** `edges` may be absent, e.g. in a graph of one node. */
function listOf(graph: JsonObject, key: 'nodes' | 'edges', place: string): readonly unknown[] {
  const list = graph[key]
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw new FormatError(`${place}.${key} is no array`)
  return list as readonly unknown[]
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
