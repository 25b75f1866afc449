#!/usr/bin/env node
import { processIo } from '../command.js'
import { readEnvironment } from '../config.js'
import { runClientCli } from './cli.js'

process.exitCode = await runClientCli(process.argv.slice(2), processIo, readEnvironment())
