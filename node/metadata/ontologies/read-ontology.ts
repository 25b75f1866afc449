import { constants } from 'node:buffer'
import { basename } from 'node:path'
import { inflatePiece, openInputPieces } from '../../formats/compressed-file.js'
import { FormatError } from '../../formats/format-error.js'
import { LineCutter } from '../../formats/vcf/lines.js'
import { OntologyError } from './ontology-error.js'
import { OboParser } from './parse-obo.js'
import { parseOboGraph } from './parse-obo-graph.js'
import type { ParsedOntology } from './parsed-ontology.js'

const PIECE_BYTES = 1 << 20

/** Told now and then how many bytes of how many were read. */
export type OnRead = (readBytes: number, totalBytes: number) => void

/**
 * Reads an ontology from an OBO or OBO Graph JSON file (plain, gzip or BGZF), told apart by how it begins.
 *
 * @throws OntologyError with file, line and reason
 */
export async function readOntology(path: string, onRead: OnRead): Promise<ParsedOntology> {
  const name = basename(path)
  const cutter = new LineCutter()
  try {
    const { size, pieces } = openInputPieces(path, PIECE_BYTES)
    const parser = new OboParser()
    let json: Buffer[] | undefined
    let isFirst = true
    for await (const piece of pieces) {
      const { content, damage } = inflatePiece(piece)
      if (isFirst && beginsWith(content, '<')) {
        throw new FormatError('this is XML; of an OWL ontology take the OBO or the OBO Graph JSON form')
      }
      if (isFirst && beginsWith(content, '{')) json = []
      isFirst = false
      if (json) json.push(content)
      else cutter.push(content, (line) => readLine(parser, line.bytes.toString('utf8', line.start, line.end)))
      if (damage) throw damage
      onRead(piece.position, size)
    }
    if (json) return parseOboGraph(parseJson(name, json))
    cutter.finish((line) => readLine(parser, line.bytes.toString('utf8', line.start, line.end)))
    return parser.finish()
  } catch (error) {
    if (error instanceof FormatError) throw new OntologyError(name, cutter.lines || undefined, error.message)
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new OntologyError(name, undefined, 'there is no such file')
    if (code === 'EISDIR' || code === 'EACCES') {
      throw new OntologyError(name, undefined, `the file cannot be read (${code})`)
    }
    throw error
  }
}

function readLine(parser: OboParser, text: string): boolean {
  parser.read(text)
  return true
}

function beginsWith(content: Buffer, character: string): boolean {
  return new RegExp(`^\\uFEFF?\\s*\\${character}`).test(content.toString('utf8', 0, 1_024))
}

/** @throws OntologyError with the line of the fault */
function parseJson(name: string, contents: readonly Buffer[]): unknown {
  const bytes = contents.reduce((sum, { length }) => sum + length, 0)
  if (bytes > constants.MAX_STRING_LENGTH) {
    throw new FormatError('the JSON document is too large to be read at once; take the OBO form of the ontology')
  }
  const text = Buffer.concat(contents)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const { message } = error as SyntaxError
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
    const line = text.slice(0, position).split('\n').length
    throw new OntologyError(
      name,
      line,
      `the file is no JSON, or it is truncated: ${message.split(', ...')[0]!.slice(0, 120)}`,
    )
  }
}
