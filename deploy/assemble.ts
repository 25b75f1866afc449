import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import openWabt from 'wabt'

/** The folder of the project that has some. */
const FOLDER = 'node'
const SOURCE = '.wat'

/**
 * Compiles the WebAssembly texts (*.wat) of the sources: each to a .wasm file beside the JavaScript of its folder.
 *
 * @returns the sources, relative to the root
 * @throws Error a text that is wrong: file, line and reason
 */
export async function assemble(root: string, output: string): Promise<readonly string[]> {
  const wabt = await openWabt()
  const paths = readdirSync(join(root, FOLDER), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(SOURCE))
    .map((path) => join(FOLDER, path))
  for (const path of paths) {
    const target = join(output, `${path.slice(0, -SOURCE.length)}.wasm`)
    const module = wabt.parseWat(path, readFileSync(join(root, path), 'utf8'))
    module.validate()
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, module.toBinary({}).buffer)
    module.destroy()
  }
  return paths
}

// dist/deploy/assemble.js: the project is two folders up.
const thisFile = fileURLToPath(import.meta.url)
const dist = join(dirname(thisFile), '..')
const isCommand = process.argv[1] !== undefined && thisFile === realpathSync(process.argv[1])
if (isCommand) await assemble(join(dist, '..'), dist)
