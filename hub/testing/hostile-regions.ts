import { gzipSync } from 'node:zlib'
import { html, json, nodeAnswer, raw, SOME_COUNTS, type Behaviour } from './fake-region.js'

/** The id under which hostile regions are registered. */
export const ID = 'se.fyr.norr'

export const GOOD = nodeAnswer(ID, { counts: SOME_COUNTS })

/** The good answer with one text replaced. */
function altered(from: string, to: string): Behaviour {
  const text = JSON.stringify(GOOD)
  if (!text.includes(from)) throw new TypeError(`the answer has no ${from}`)
  return raw(text.replaceAll(from, to))
}

/** A byte now and then, for ever. */
export const drip: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

const endless: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const chunk = Buffer.alloc(65_536, 32)
  const fill = () => {
    while (!response.destroyed && response.write(chunk)) continue
    response.once('drain', fill)
  }
  fill()
}

const gzipped: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  response.end(gzipSync(Buffer.alloc(10_000_000, 32)))
}

/** What an invalid region does, and what is said of it. */
export const INVALID: readonly (readonly [string, Behaviour, RegExp])[] = [
  ['HTML', html, /not JSON/],
  ['HTML that is called JSON', raw('<html>'), /not JSON/],
  ['an endless body', endless, /too large/],
  ['a gzip bomb', gzipped, /compressed/],
  ['sixty thousand open brackets', raw('['.repeat(60_000)), /not JSON/],
  ['sixty thousand levels', raw('['.repeat(30_000) + ']'.repeat(30_000)), /too deep/],
  ['a redirect', (_q, r) => void r.writeHead(302, { location: 'http://169.254.169.254/' }).end(), /redirects/],
  ['HTTP 500', json({}, 500), /HTTP 500/],
  ['HTTP 404 in HTML', (_q, r) => void r.writeHead(404, { 'content-type': 'text/html' }).end('<html>'), /HTTP 404/],
  ['HTTP 400 for another reason', json({ error: { errorCode: 400, reason: 'other' } }, 400), /HTTP 400/],
  ['HTTP 503 that is no pause', json({ error: { errorCode: 503 } }, 503), /HTTP 503/],
  ['another beaconId', json(nodeAnswer('se.fyr.syd')), /another beaconId/],
  ['no beaconId', json({ responseSummary: { exists: true } }), /meta is missing/],
  ['an array', raw('[]'), /not a JSON object/],
  ['exists as text', altered('"exists":true', '"exists":"true"'), /true or false/],
  ['a negative number', altered('"numTotalResults":1', '"numTotalResults":-5'), /not a count/],
  ['infinity', altered('"numTotalResults":1', '"numTotalResults":1e400'), /not a count/],
  ['a fraction', altered('"individuals":4', '"individuals":2.5'), /not a count/],
  ['a number as text', altered('"individuals":4', '"individuals":"4"'), /not a count/],
  ['more people than there are', altered('"individuals":4', '"individuals":9007199254740991'), /not a count/],
  ['__proto__', altered('"exists":true', '"__proto__":{"x":1},"exists":true'), /forbidden key/],
  ['a hit without people', altered('"individuals":4', '"individuals":0'), /contradicts itself/],
  ['a hit without a variant', altered('"numTotalResults":1', '"numTotalResults":0'), /numTotalResults disagree/],
  ['a hit in no record of its set', altered('"resultsCount":1', '"resultsCount":0'), /resultsCount disagree/],
  [
    'a hit of one set that the whole lacks',
    altered('{"exists":true,"numTotalResults":1}', '{"exists":false}'),
    /in a result set but not/,
  ],
  ['people without a hit', altered('"exists":true', '"exists":false'), /contradicts itself/],
  ['zygosities that do not add up', altered('"heterozygotes":2', '"heterozygotes":3'), /add up to individuals/],
  ['an allele count that does not add up', altered('"alleleCount":5', '"alleleCount":6'), /add up to alleleCount/],
  ['more families than people', altered('"families":3', '"families":5'), /families/],
  ['more alleles than alleles', altered('"alleleNumber":200', '"alleleNumber":4'), /above alleleNumber/],
  ['an unknown anBasis', altered('"assumed"', '"guessed"'), /anBasis/],
  ['bounds upside down', altered('"lower":4,"upper":4', '"lower":4,"upper":3'), /lower bound/],
  ['people out of bounds', altered('"lower":4,"upper":4', '"lower":5,"upper":9'), /out of bounds/],
  ['no bounds', altered('"bounds"', '"bound"'), /bounds/],
  ['another assembly', altered('GRCh38', 'GRCh37'), /another assembly/],
  ['a hit without a dataset', altered('"datasetsAsked":1', '"datasetsAsked":0'), /without a dataset/],
  [
    'too many result sets',
    json({ ...GOOD, response: { resultSets: Array(1_001).fill({ id: 'a', setType: 'dataset', exists: false }) } }),
    /too many/,
  ],
]
