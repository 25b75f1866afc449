import ts from 'typescript'

/** One module that a file refers to: static import, `export from`, dynamic import, require, or an import type. */
export interface Reference {
  readonly specifier: string
  /** Names taken from it as values; `*` when all of it is at hand. Empty for types and side effects. */
  readonly names: readonly string[]
}

/** What the rules ask about one source file. */
export interface SourceFacts {
  readonly references: readonly Reference[]
  readonly readsEnvironment: boolean
  readonly callsGlobalFetch: boolean
  readonly hasDefaultExport: boolean
  readonly hasEnum: boolean
  /** Uses `.mint`, the only way to a Grant. */
  readonly mintsGrant: boolean
  /** Asserts that a value is `Disclosed`, the only way to one. */
  readonly assertsDisclosed: boolean
  /** `module.name` for each use of a name through a namespace or default import, e.g. `node:http` and `request`. */
  readonly members: readonly { readonly specifier: string; readonly name: string }[]
}

function importedNames(clause: ts.ImportClause | undefined): readonly string[] {
  if (!clause || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return []
  const bindings = clause.namedBindings
  const named =
    bindings && ts.isNamedImports(bindings)
      ? bindings.elements.filter((e) => !e.isTypeOnly).map((e) => (e.propertyName ?? e.name).text)
      : []
  return [...(clause.name ? ['default'] : []), ...named]
}

/** Local names that stand for a whole module: `import http from`, `import * as http from`, `const http = require()`. */
function moduleAliases(node: ts.Node): readonly string[] {
  if (ts.isImportDeclaration(node)) {
    const clause = node.importClause
    const bindings = clause?.namedBindings
    return [
      ...(clause?.name ? [clause.name.text] : []),
      ...(bindings && ts.isNamespaceImport(bindings) ? [bindings.name.text] : []),
    ]
  }
  return []
}

function exportedNames(node: ts.ExportDeclaration): readonly string[] {
  if (node.isTypeOnly) return []
  const clause = node.exportClause
  if (!clause || ts.isNamespaceExport(clause)) return ['*']
  return clause.elements.filter((e) => !e.isTypeOnly).map((e) => (e.propertyName ?? e.name).text)
}

/** `import('x')` and `require('x')` may take anything. */
function callSpecifier(node: ts.CallExpression): string | undefined {
  const callee = node.expression
  const loads = callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  const argument = node.arguments[0]
  return loads && argument && ts.isStringLiteralLike(argument) ? argument.text : undefined
}

function referenceOf(node: ts.Node): Reference | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, names: importedNames(node.importClause) }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, names: exportedNames(node) }
  }
  if (ts.isCallExpression(node)) {
    const specifier = callSpecifier(node)
    return specifier === undefined ? undefined : { specifier, names: ['*'] }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, names: [] }
  }
  if (ts.isExternalModuleReference(node) && ts.isStringLiteral(node.expression)) {
    return { specifier: node.expression.text, names: ['*'] }
  }
  return undefined
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)
}

/** `object.name` and `object['name']`. */
function memberOf(node: ts.Node): { readonly object: string; readonly name: string } | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    return { object: node.expression.text, name: node.name.text }
  }
  if (ts.isElementAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const { argumentExpression: key } = node
    return ts.isStringLiteralLike(key) ? { object: node.expression.text, name: key.text } : undefined
  }
  return undefined
}

/** `const { env } = process` */
function takesEnvironmentApart(node: ts.Node): boolean {
  if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isObjectBindingPattern(node.name)) return false
  if (!ts.isIdentifier(node.initializer) || node.initializer.text !== 'process') return false
  return node.name.elements.some((e) => {
    const key = e.propertyName ?? e.name
    return ts.isIdentifier(key) && key.text === 'env'
  })
}

/** `anything.name` and `anything['name']`. */
function namesMember(node: ts.Node, name: string): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === name
  if (!ts.isElementAccessExpression(node)) return false
  return ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === name
}

function isAssertionOf(node: ts.Node, type: string): boolean {
  if (!ts.isAsExpression(node) && !ts.isTypeAssertionExpression(node)) return false
  return ts.isTypeReferenceNode(node.type) && node.type.typeName.getText() === type
}

/** Reads one TypeScript source. Syntax only: nothing is resolved and no other file is opened. */
export function readSource(path: string, text: string): SourceFacts {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const references: Reference[] = []
  const members: { object: string; name: string }[] = []
  const aliases = new Map<string, string>()
  let facts = {
    readsEnvironment: false,
    callsGlobalFetch: false,
    hasDefaultExport: false,
    hasEnum: false,
    mintsGrant: false,
    assertsDisclosed: false,
  }
  const visit = (node: ts.Node): void => {
    const reference = referenceOf(node)
    if (reference) {
      references.push(reference)
      for (const alias of moduleAliases(node)) aliases.set(alias, reference.specifier)
    }
    const member = memberOf(node)
    if (member) members.push(member)
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'fetch') {
      facts = { ...facts, callsGlobalFetch: true }
    }
    if (takesEnvironmentApart(node)) facts = { ...facts, readsEnvironment: true }
    if (isDefaultExport(node)) facts = { ...facts, hasDefaultExport: true }
    if (namesMember(node, 'mint')) facts = { ...facts, mintsGrant: true }
    if (isAssertionOf(node, 'Disclosed')) facts = { ...facts, assertsDisclosed: true }
    if (ts.isEnumDeclaration(node)) facts = { ...facts, hasEnum: true }
    ts.forEachChild(node, visit)
  }
  visit(source)
  const processNames = new Set(['process', ...['process', 'node:process'].flatMap((m) => aliasesOf(aliases, m))])
  const importsEnv = references.some((r) => /^(node:)?process$/.test(r.specifier) && r.names.includes('env'))
  return {
    ...facts,
    references,
    readsEnvironment:
      facts.readsEnvironment || importsEnv || members.some((m) => m.name === 'env' && processNames.has(m.object)),
    callsGlobalFetch:
      facts.callsGlobalFetch || members.some((m) => m.name === 'fetch' && ['globalThis', 'global'].includes(m.object)),
    members: members.flatMap(({ object, name }) => {
      const specifier = aliases.get(object)
      return specifier === undefined ? [] : [{ specifier, name }]
    }),
  }
}

function aliasesOf(aliases: ReadonlyMap<string, string>, specifier: string): readonly string[] {
  return [...aliases].filter(([, of]) => of === specifier).map(([alias]) => alias)
}
