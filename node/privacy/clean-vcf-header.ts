import { tellsOf, type OutgoingNames } from './hidden-names.js'

/**
 * Attributes of structured lines that leave (VCF 4.3, 1.4). `IDX` is BCF's own. Lines that are not here do not leave: command
 * lines, sources, dates, samples and pedigrees.
 */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  INFO: ['ID', 'Number', 'Type', 'Description', 'IDX'],
  FORMAT: ['ID', 'Number', 'Type', 'Description', 'IDX'],
  FILTER: ['ID', 'Description', 'IDX'],
  ALT: ['ID', 'Description'],
  contig: ['ID', 'length', 'assembly', 'md5', 'species', 'taxonomy', 'IDX'],
}

const FIXED_COLUMNS = 9
/** An absolute path of at least two folders; `A/C` and `|x/y|` are none. */
const PATH = /(?<![^\s"'=(,;])(?:file:\/\/)?(?:\/[^\s"',;<>|()]+){2,}/g
const STRUCTURED = /^##(\w+)=<(.*)>\s*$/
/** `key=value`, the value quoted or to the next comma. */
const ATTRIBUTE = /([A-Za-z_][\w.]*)=("(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)/g

/**
 * A header of variants as it may leave: an allow-list, with the columns that stay called as they are called outside.
 *
 * @param text of the header, from `##fileformat` to the `#CHROM` line
 */
export function cleanVcfHeader(text: string, names: OutgoingNames): string {
  return text
    .split(/\r?\n/)
    .flatMap((line): readonly string[] => {
      if (line.startsWith('##fileformat=')) return [line]
      if (line.startsWith('##reference=')) return cleanReference(line, names)
      if (line.startsWith('##')) return cleanStructured(line, names)
      return line.startsWith('#') ? [renameColumns(line, names)] : []
    })
    .map((line) => `${line}\n`)
    .join('')
}

/** The file's name says which reference it is; its place is nobody's business. */
function cleanReference(line: string, { hidden }: OutgoingNames): readonly string[] {
  const name = line
    .slice('##reference='.length)
    .split(/[/\\]/)
    .at(-1)!
    .replace(/[?#<>].*$/, '')
  return name === '' || tellsOf(name, hidden) ? [] : [`##reference=${name}`]
}

function cleanStructured(line: string, names: OutgoingNames): readonly string[] {
  const match = STRUCTURED.exec(line)
  const kept = match ? KEPT[match[1]!] : undefined
  if (!match || !kept) return []
  const attributes = [...match[2]!.matchAll(ATTRIBUTE)].filter(([, name]) => kept.includes(name!))
  if (!attributes.some(([, name]) => name === 'ID')) return []
  const written = attributes.map(
    ([, name, value]) => `${name}=${name === 'Description' ? clean(value!, names) : value}`,
  )
  return [`##${match[1]}=<${written.join(',')}>`]
}

function clean(description: string, { hidden }: OutgoingNames): string {
  const words = description.replace(PATH, 'file').split(/(\s+)/)
  return words.map((word) => (isName(word, hidden) ? 'sample' : word)).join('')
}

function isName(word: string, hidden: readonly string[]): boolean {
  const bare = word.replace(/^\W+|\W+$/g, '')
  return hidden.includes(bare)
}

function renameColumns(line: string, { bySample }: OutgoingNames): string {
  const columns = line.split('\t')
  const samples = columns.slice(FIXED_COLUMNS).flatMap((name) => bySample.get(name) ?? [])
  // Without samples there is no FORMAT either.
  const fixed = columns.slice(0, samples.length > 0 ? FIXED_COLUMNS : FIXED_COLUMNS - 1)
  return [...fixed, ...samples].join('\t')
}
