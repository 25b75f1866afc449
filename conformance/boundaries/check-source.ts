import { posix } from 'node:path'
import { readSource, type SourceFacts } from './read-source.js'
import * as rules from './rules.js'

/** A TypeScript source: its path from the project's root with forward slashes, and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
}

function withoutExtension(path: string): string {
  return path.replace(/(\.d)?\.[cm]?[jt]sx?$/, '')
}

/** `node:http` and `http/promises` are `http`; `@scope/name/part` is `@scope/name`. */
function packageName(specifier: string): string {
  const parts = specifier.replace(/^node:/, '').split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

/** Tests and what only they import. */
function isTestCode(path: string): boolean {
  const folders = path.split('/').slice(0, -1)
  return (
    path.endsWith('.test.ts') || folders.includes(rules.TEST_SUPPORT_FOLDER) || isWithin(path, [rules.BLACK_BOX_FOLDER])
  )
}

function checkOwnImport(path: string, specifier: string): readonly string[] {
  const target = withoutExtension(posix.join(posix.dirname(path), specifier))
  const top = path.split('/')[0]!
  const allowed = [top, ...(rules.ALLOWED_IMPORTS[top] ?? [])]
  const problems: string[] = []
  if (!isWithin(target, allowed)) problems.push(`${top}/ may not import ${specifier}`)
  if (target.split('/').includes(rules.TEST_SUPPORT_FOLDER) && !isTestCode(path)) {
    problems.push(`only tests may import ${specifier}`)
  }
  for (const [a, b] of rules.STRANGERS) {
    if ((isWithin(path, [a]) && isWithin(target, [b])) || (isWithin(path, [b]) && isWithin(target, [a]))) {
      problems.push(`${a} and ${b} never import each other: ${specifier}`)
    }
  }
  const isPolicy =
    isWithin(target, rules.PLAIN_FOLDERS_NEVER_IMPORT) && !isWithin(target, rules.PLAIN_FOLDERS_MAY_IMPORT)
  if (isWithin(path, rules.PLAIN_FOLDERS) && isPolicy) problems.push(`knows no HTTP and no policy: ${specifier}`)
  return problems
}

function checkPackageImport(path: string, specifier: string): readonly string[] {
  if (!isWithin(path, rules.PLAIN_FOLDERS) || !rules.HTTP_PACKAGES.includes(packageName(specifier))) return []
  return [`knows no HTTP and no policy: ${specifier}`]
}

/** What of a file opens connections, as it is written there. */
function findOutbound(facts: SourceFacts): readonly string[] {
  const opens = (specifier: string, name: string) =>
    rules.OUTBOUND_NAMES[packageName(specifier)]?.includes(name) ?? false
  const taken = facts.references.flatMap(({ specifier, names }) => {
    if (rules.OUTBOUND_PACKAGES.includes(packageName(specifier))) return names.length > 0 ? [specifier] : []
    const known = rules.OUTBOUND_NAMES[packageName(specifier)] !== undefined
    return names
      .filter((name) => (known && name === '*') || opens(specifier, name))
      .map((name) => `${specifier} ${name}`)
  })
  const used = facts.members.filter((m) => opens(m.specifier, m.name)).map((m) => `${m.specifier} ${m.name}`)
  return [...taken, ...used]
}

function checkOutbound({ path }: Source, facts: SourceFacts): readonly string[] {
  if (isTestCode(path) || isWithin(path, rules.OUTBOUND_FOLDERS)) return []
  // A fetch that was imported is reported as the import it is.
  const importsFetch = facts.references.some((r) => r.names.includes('fetch') || /^node-fetch$/.test(r.specifier))
  const fetches = facts.callsGlobalFetch && !importsFetch && !isWithin(path, [rules.BROWSER_FOLDER]) ? ['fetch'] : []
  return [...findOutbound(facts), ...fetches].map((what) => `opens connections outside the folders for it: ${what}`)
}

function checkRights(path: string, facts: SourceFacts): readonly string[] {
  const problems: string[] = []
  if (facts.mintsGrant && !isWithin(path, [rules.GRANT_FOLDER]))
    problems.push(`only ${rules.GRANT_FOLDER} makes a Grant`)
  if (facts.assertsDisclosed && !isWithin(path, [rules.DISCLOSED_FOLDER])) {
    problems.push(`only ${rules.DISCLOSED_FOLDER} makes a Disclosed`)
  }
  return path.endsWith('.test.ts') ? [] : problems
}

function checkLength(text: string): readonly string[] {
  const lines = text.replace(/\n$/, '').split('\n')
  if (lines.length <= rules.MAXIMUM_LINES) return []
  if (lines.slice(0, rules.LONG_FILE_REASON_WITHIN).some((line) => rules.LONG_FILE_REASON.test(line))) return []
  return [`has ${lines.length} lines and no "// Over 300 lines: …" at its head`]
}

/** Everything that one source does against the rules, as `path: sentence`; empty when it keeps them. */
export function checkSource(source: Source): readonly string[] {
  const { path, text } = source
  const facts = readSource(path, text)
  const folders = posix.dirname(path).split('/')
  const vague = folders.find((folder) => rules.VAGUE_FOLDERS.includes(folder))
  const problems = [
    ...facts.references.flatMap(({ specifier }) =>
      specifier.startsWith('.') ? checkOwnImport(path, specifier) : checkPackageImport(path, specifier),
    ),
    ...checkOutbound(source, facts),
    ...checkRights(path, facts),
    ...(facts.readsEnvironment && posix.basename(path) !== 'config.ts' ? ['only config.ts reads the environment'] : []),
    ...(facts.hasDefaultExport ? ['has a default export'] : []),
    ...(facts.hasEnum ? ['has an enum'] : []),
    ...(vague ? [`stands in a folder that says nothing: ${vague}`] : []),
    ...checkLength(text),
  ]
  return problems.map((problem) => `${path}: ${problem}`)
}
