#!/usr/bin/env node
import { runHubCli } from './cli.js'
import { processIo } from './command.js'

process.exitCode = await runHubCli(process.argv.slice(2), processIo)
