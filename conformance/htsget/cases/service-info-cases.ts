import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import type { Endpoint, Exchange } from '../client.js'
import type { HtsgetCase, World } from '../world.js'

const SPEC = 'htsget 1.3, "GA4GH service-info"'

type Document = Readonly<Record<string, unknown>>

function part(document: unknown, key: string): unknown {
  return typeof document === 'object' && document !== null ? (document as Document)[key] : undefined
}

function judgeEach(world: World, judge: (endpoint: Endpoint, exchange: Exchange) => Verdict): Verdict {
  const verdicts = [...world.serviceInfo].map(([endpoint, exchange]) => judge(endpoint, exchange))
  return firstFailure(verdicts, 'no endpoint was asked')
}

const REQUIRED = ['id', 'name', 'type', 'organization', 'version'] as const

function judgeForm(_endpoint: Endpoint, { status, body, where }: Exchange): Verdict {
  if (status !== 200) return fail(`status ${status}`, '200, without a login', where)
  const missing = REQUIRED.find((key) => part(body, key) === undefined)
  if (missing !== undefined) return fail(`no ${missing}`, `the keys ${REQUIRED.join(', ')}`, where)
  const type = part(body, 'type')
  const [group, artifact, version] = ['group', 'artifact', 'version'].map((key) => part(type, key))
  if (group !== 'org.ga4gh' || artifact !== 'htsget' || typeof version !== 'string') {
    return fail(JSON.stringify(type), 'a type of org.ga4gh, htsget and a version', where)
  }
  const organization = part(body, 'organization')
  if (typeof part(organization, 'name') !== 'string' || typeof part(organization, 'url') !== 'string') {
    return fail(JSON.stringify(organization), 'an organization with name and url', where)
  }
  return pass()
}

/** The standard spells one with a singular and the other with a plural, and servers mix them up. */
const EFFECTIVE = ['fieldsParameterEffective', 'tagsParametersEffective']

function judgeHtsget(endpoint: Endpoint, { body, where }: Exchange): Verdict {
  const htsget = part(body, 'htsget')
  if (htsget === undefined) return skip('the service-info has no htsget object, which is not required')
  if (typeof htsget !== 'object' || htsget === null) return fail(JSON.stringify(htsget), 'an object htsget', where)
  if (part(htsget, 'datatype') !== endpoint) {
    return fail(`datatype ${JSON.stringify(part(htsget, 'datatype'))}`, `datatype ${endpoint}`, where)
  }
  const strange = Object.keys(htsget).find((key) => /Effective$/.test(key) && !EFFECTIVE.includes(key))
  if (strange !== undefined) return fail(`the key ${strange}`, EFFECTIVE.join(' and '), where)
  const unset = EFFECTIVE.find((key) => !['undefined', 'boolean'].includes(typeof part(htsget, key)))
  if (unset !== undefined) return fail(`${unset} is no boolean`, 'true or false', where)
  return Array.isArray(part(htsget, 'formats')) ? pass() : fail('no list of formats', 'formats', where)
}

export const SERVICE_INFO_CASES: readonly HtsgetCase[] = [
  {
    id: 'service-info.form',
    title: 'the service-info says what the service is',
    spec: SPEC,
    severity: 'must',
    run: (world) => judgeEach(world, judgeForm),
  },
  {
    id: 'service-info.htsget',
    title: 'the service-info says of htsget what it serves, with keys spelled as in the standard',
    spec: SPEC,
    severity: 'must',
    run: (world) => judgeEach(world, judgeHtsget),
  },
]
