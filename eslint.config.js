import eslint from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

// The import table of docs/architecture.md. `conformance/boundaries` tests the same rules and a few more over the syntax
// tree; these show a forbidden import while it is being typed.
const WIRING = String.raw`(?!create-node\.js$|create-hub\.js$)`

const FORBIDDEN_IMPORTS = {
  schemas: [String.raw`^(\.\./)+(node|hub|conformance|deploy)/`],
  node: [String.raw`^(\.\./)+(hub|conformance|deploy)/`],
  hub: [String.raw`^(\.\./)+(node|conformance|deploy)/`],
  conformance: [String.raw`^(\.\./)+(node|hub)/${WIRING}`, String.raw`^(\.\./)+deploy/`],
  deploy: [String.raw`^(\.\./)+(node|hub)/${WIRING}`, String.raw`^(\.\./)+conformance/`],
}

const HTTP_AND_POLICY = [
  String.raw`^(express|helmet)$`,
  String.raw`^(node:)?(http|https|http2)$`,
  String.raw`^(\.\./)+(privacy|audit|beacon|htsget)/`,
  String.raw`^(\.\./)+access/(?!grant\.js$)`,
]

function restrictImports(files, patterns, message) {
  const rule = ['error', { patterns: patterns.map((regex) => ({ regex, message })) }]
  return { files, rules: { 'no-restricted-imports': rule } }
}

// A later block replaces the patterns of an earlier one, so narrower folders repeat those of the folder around them.
const folderRules = Object.entries(FORBIDDEN_IMPORTS).map(([folder, patterns]) =>
  restrictImports([`${folder}/**/*.ts`], patterns, `${folder}/ may not import this (docs/architecture.md).`),
)
const innerRules = [
  restrictImports(
    ['node/variants/**/*.ts', 'node/formats/**/*.ts', 'node/storage/**/*.ts'],
    [...FORBIDDEN_IMPORTS.node, ...HTTP_AND_POLICY],
    'variants, formats and storage know no HTTP and no policy.',
  ),
  restrictImports(
    ['node/beacon/**/*.ts'],
    [...FORBIDDEN_IMPORTS.node, String.raw`^(\.\./)+htsget/`],
    'beacon and htsget never import each other.',
  ),
  restrictImports(
    ['node/htsget/**/*.ts'],
    [...FORBIDDEN_IMPORTS.node, String.raw`^(\.\./)+beacon/`],
    'beacon and htsget never import each other.',
  ),
]

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', '.fyr/', 'coverage/']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Throwing without awaiting is what an asynchronous interface with a synchronous store looks like.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers, booleans and null read well in a template; objects do not.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Exports have names.' },
        { selector: 'TSEnumDeclaration', message: 'Use a const array and its union type.' },
      ],
    },
  },
  {
    // Tests look into parsed JSON and check what they find there.
    files: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
      ],
    },
  },
  ...folderRules,
  ...innerRules,
)
