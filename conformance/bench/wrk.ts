import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../support/processes.js'

/** What one round of load gave. */
export interface Load {
  readonly requestsPerSecond: number
  readonly p99Ms: number
}

/** A body to POST, with headers beside those of all. */
export interface WrkRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Cycles through the requests of a file, one a line, and prints what it measured as JSON; latency is in microseconds. A line is a
 * path to GET, or a body to POST with headers as `@name: value` and a tab before it.
 */
const SCRIPT = `
local requests, at = {}, 0
function init(args)
  local headers = { ["content-type"] = "application/json" }
  for line in io.lines(args[1]) do
    local isPath = line:sub(1, 1) == "/"
    local own = {}
    for name, value in pairs(headers) do own[name] = value end
    for name, value in line:gmatch("@([^:]+): ([^\\t]*)\\t") do own[name] = value end
    local body = line:match("^.*\\t(.*)$") or line
    requests[#requests + 1] = isPath and wrk.format("GET", line) or wrk.format("POST", nil, own, body)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\nRESULT {"requests":%d,"us":%d,"p99":%d,"failed":%d}\\n', summary.requests,
    summary.duration, latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`

function toLine(request: string | object | WrkRequest): string {
  if (typeof request === 'string') return request
  if (!('headers' in request && 'body' in request)) return JSON.stringify(request)
  const { headers, body } = request
  return `${Object.entries(headers)
    .map(([name, value]) => `@${name}: ${value}\t`)
    .join('')}${body}`
}

/**
 * Load by wrk, a process of its own with one thread.
 *
 * @param directory holds what wrk reads: one for each that is used later on
 * @param requests paths to GET, or bodies to POST to the URL
 */
export function createWrk(directory: string, requests: readonly (string | object | WrkRequest)[]) {
  const script = join(directory, 'cycle.lua')
  const list = join(directory, 'requests.txt')
  writeFileSync(script, SCRIPT)
  writeFileSync(list, `${requests.map(toLine).join('\n')}\n`)
  return {
    /** @throws Error when a request failed or was answered by another status than 2xx and 3xx */
    async load(url: string, connections: number, seconds: number): Promise<Load> {
      const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url, '--', list]
      const { code, stdout, stderr } = await run('wrk', options)
      const match = /^RESULT (.*)$/m.exec(stdout)
      if (code !== 0 || !match) throw new Error(`wrk ended with ${code}: ${stderr}${stdout}`)
      const { requests, us, p99, failed } = JSON.parse(match[1]!) as Record<string, number>
      if (failed !== 0) throw new Error(`${failed} requests to ${url} failed`)
      return { requestsPerSecond: requests! / (us! / 1e6), p99Ms: p99! / 1_000 }
    },
  }
}
