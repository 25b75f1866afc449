#!/usr/bin/env node
import { runConformanceCli } from './cli.js'

process.exitCode = await runConformanceCli(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
