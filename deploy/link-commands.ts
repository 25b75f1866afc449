import { chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The commands of this package. They are linked here and not by `bin` in package.json: for a `bin` of the package at hand
 * npx first installs that package into its own cache, which runs `prepare` (a whole build) and may ask the registry.
 */
export const COMMANDS: Readonly<Record<string, string>> = {
  fyr: 'dist/hub/client/main.js',
  'fyr-conformance': 'dist/conformance/main.js',
  'fyr-hub': 'dist/hub/main.js',
  'fyr-node': 'dist/node/main.js',
}

const EXECUTABLE = 0o755

function isLinkTo(link: string, target: string): boolean {
  try {
    return lstatSync(link).isSymbolicLink() && readlinkSync(link) === target
  } catch {
    return false
  }
}

/** Makes `npx NAME` run the compiled command; commands that are not built are left out. Returns the names linked. */
export function linkCommands(root: string): readonly string[] {
  const folder = join(root, 'node_modules', '.bin')
  const built = Object.entries(COMMANDS).filter(([, script]) => existsSync(join(root, script)))
  if (built.length > 0) mkdirSync(folder, { recursive: true })
  for (const [name, script] of built) {
    const link = join(folder, name)
    const target = relative(folder, join(root, script))
    chmodSync(join(root, script), EXECUTABLE)
    if (isLinkTo(link, target)) continue
    rmSync(link, { force: true })
    symlinkSync(target, link)
  }
  return built.map(([name]) => name)
}

// dist/deploy/link-commands.js: the project is two folders up.
const thisFile = fileURLToPath(import.meta.url)
const isCommand = process.argv[1] !== undefined && thisFile === realpathSync(process.argv[1])
if (isCommand) linkCommands(join(dirname(thisFile), '..', '..'))
