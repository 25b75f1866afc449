// A program that runs another one several times in one process: `run-commands.js SCRIPT`, with the arguments of each run as a JSON
// array of arrays on standard input. A NUL follows what each run prints. It stops at the first run that fails, with its exit code.
// To start Node and to load a program takes longer than most commands do.
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

const script = process.argv[2]!
const runs = JSON.parse(await text(process.stdin)) as readonly (readonly string[])[]
for (const [index, args] of runs.entries()) {
  process.argv = [process.execPath, script, ...args]
  // Another address runs the program again; what it imports is loaded once.
  await import(`${pathToFileURL(script).href}?run=${index}`)
  process.stdout.write('\0')
  if ((process.exitCode ?? 0) !== 0) {
    process.stderr.write(`"${args.slice(0, 2).join(' ')}" failed\n`)
    break
  }
}
