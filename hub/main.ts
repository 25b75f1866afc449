#!/usr/bin/env node
import { runHubCli } from './cli.js'
import { processIo } from './command.js'

/**
 * Each call by node-fetch ends two stream pipelines, and Node ends these with an AbortError of which nobody sees the trace.
 * Ten frames of each, the default, cost a sixth of a question to 21 regions; three still name the place of a fault.
 */
const STACK_FRAMES = 3

Error.stackTraceLimit = STACK_FRAMES
process.exitCode = await runHubCli(process.argv.slice(2), processIo)
