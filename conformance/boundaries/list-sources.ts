import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Source } from './check-source.js'
import { ALLOWED_IMPORTS } from './rules.js'

/** Every .ts file of the project's own folders; the compiled output is not among them. */
export function listSources(root: string): readonly Source[] {
  return Object.keys(ALLOWED_IMPORTS).flatMap((folder) => {
    if (!existsSync(join(root, folder))) return []
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !file.split(sep).includes('node_modules'))
      .map((file) => join(folder, file).split(sep).join('/'))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  })
}
