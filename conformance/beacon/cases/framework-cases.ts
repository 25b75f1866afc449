import type { SchemaPath } from '../../../schemas/index.js'
import { demandsLogin, describeStatus } from '../answers.js'
import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import type { Exchange } from '../client.js'
import { at, isObject, listAt, show } from '../json.js'
import { frameworkErrors } from '../standard-schemas.js'
import type { BeaconCase, FrameworkDocuments, World } from '../world.js'

const SPEC = 'Beacon v2.1.1 framework'

function judgeDocument(exchange: Exchange, schema: SchemaPath): Verdict {
  const { where, status, body } = exchange
  if (status !== 200) return fail(describeStatus(exchange), 'HTTP 200', where)
  if (!isObject(body)) return fail(`no JSON object: ${show(exchange.text)}`, 'a JSON object', where)
  const [error] = frameworkErrors(schema, body)
  return error ? fail(`${error.pointer} ${error.message}`, `a document valid by ${schema}`, where) : pass()
}

function documentCase(
  name: string,
  document: keyof FrameworkDocuments,
  schema: SchemaPath,
  section: string,
): BeaconCase {
  return {
    id: `framework.${name}`,
    title: `${document === 'root' ? '/' : `/${name.replace('entry-types', 'entry_types').replace('filtering-terms', 'filtering_terms')}`} answers with the document that the standard defines`,
    spec: `${SPEC}, ${section}`,
    severity: 'must',
    run: ({ documents }) => judgeDocument(documents[document], schema),
  }
}

function requireText(
  exchange: Exchange,
  path: readonly string[],
  required: string,
  isRight: (text: string) => boolean,
) {
  const value = at(exchange.body, ...path)
  if (typeof value === 'string' && isRight(value)) return pass(value)
  return fail(`/${path.join('/')} is ${show(value)}`, required, exchange.where)
}

const ENVIRONMENTS = ['prod', 'test', 'dev', 'staging']
const PRODUCTION_STATUSES = ['DEV', 'TEST', 'PROD']

function judgeEnvironment({ documents: { info, configuration } }: World): Verdict {
  return firstFailure(
    [
      requireText(info, ['response', 'environment'], `one of ${ENVIRONMENTS.join(', ')}, in lower case`, (text) =>
        ENVIRONMENTS.includes(text),
      ),
      requireText(
        configuration,
        ['response', 'maturityAttributes', 'productionStatus'],
        `one of ${PRODUCTION_STATUSES.join(', ')}, in upper case`,
        (text) => PRODUCTION_STATUSES.includes(text),
      ),
    ],
    'neither is there',
  )
}

function judgeAllTerms({ documents: { filteringTerms, allFilteringTerms } }: World): Verdict {
  const verdict = judgeDocument(allFilteringTerms, 'beacon/filteringTermsResponse.json')
  if (verdict.outcome !== 'pass') return verdict
  const count = ({ body }: Exchange) => listAt(body, 'response', 'filteringTerms').length
  const [first, all] = [count(filteringTerms), count(allFilteringTerms)]
  return all >= first
    ? pass(`${all} terms`)
    : fail(`${all} terms with limit=0, ${first} without a limit`, 'limit=0 gives all terms', allFilteringTerms.where)
}

async function judgeServiceInfoByInfo({ client, base }: World): Promise<Verdict> {
  const exchange = await client.send({
    method: 'GET',
    url: `${base}/info?requestedSchema=ga4gh-service-info-v1.0`,
    kind: 'hostile',
  })
  return judgeDocument(exchange, 'beacon/serviceInfo.json')
}

function judgeSchemaMember(document: 'configuration' | 'map') {
  return ({ documents }: World): Verdict => {
    const exchange = documents[document]
    if (exchange.status !== 200) return skip(`/${document} answers ${describeStatus(exchange)}`)
    return requireText(exchange, ['response', '$schema'], 'the required member `$schema`', () => true)
  }
}

function judgeServedSchemas({ served }: World): Verdict {
  const [problem] = served.problems
  if (problem) return fail(`the schema of ${problem[0]}: ${problem[1]}`, 'a JSON Schema where defaultSchema says')
  return served.schemas.size > 0
    ? pass(`${served.schemas.size} schemas`)
    : skip('the beacon names schemas of other hosts only')
}

function judgeServiceInfo(path: readonly string[], required: string, isRight: (text: string) => boolean) {
  return ({ documents: { serviceInfo } }: World): Verdict => {
    // Where it is wrapped, that is the fault, and the case before this one names it.
    const bare = isObject(at(serviceInfo.body, 'response'))
      ? { ...serviceInfo, body: at(serviceInfo.body, 'response') }
      : serviceInfo
    if (at(bare.body, path[0]!) === undefined) return skip(`service-info has no ${path[0]}`)
    return requireText(bare, path, required, isRight)
  }
}

/** Each framework document by itself. */
export const FRAMEWORK_CASES: readonly BeaconCase[] = [
  documentCase('root', 'root', 'beacon/infoResponse.json', 'beaconInfoResponse'),
  documentCase('info', 'info', 'beacon/infoResponse.json', 'beaconInfoResponse'),
  documentCase('configuration', 'configuration', 'beacon/configurationResponse.json', 'beaconConfigurationResponse'),
  documentCase('entry-types', 'entryTypes', 'beacon/entryTypesResponse.json', 'beaconEntryTypesResponse'),
  documentCase('map', 'map', 'beacon/mapResponse.json', 'beaconMapResponse'),
  documentCase(
    'filtering-terms',
    'filteringTerms',
    'beacon/filteringTermsResponse.json',
    'beaconFilteringTermsResponse',
  ),
  {
    id: 'framework.service-info',
    title: '/service-info answers with the bare GA4GH service-info object',
    spec: 'GA4GH service-info 1.0.0',
    severity: 'must',
    run: ({ documents }) => judgeDocument(documents.serviceInfo, 'beacon/serviceInfo.json'),
  },
  {
    id: 'framework.service-info-type',
    title: 'service-info names the group org.ga4gh and the artifact beacon',
    spec: 'GA4GH service-info 1.0.0, type',
    severity: 'must',
    run: (world) =>
      firstFailure(
        [
          judgeServiceInfo(['type', 'group'], '"org.ga4gh"', (text) => text === 'org.ga4gh')(world),
          judgeServiceInfo(['type', 'artifact'], '"beacon"', (text) => text === 'beacon')(world),
        ],
        'no type',
      ),
  },
  {
    id: 'framework.service-info-contact',
    title: 'contactUrl of service-info is a URI; an e-mail address begins with mailto:',
    spec: 'GA4GH service-info 1.0.0, contactUrl',
    severity: 'must',
    run: judgeServiceInfo(['contactUrl'], 'a URI', (text) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text)),
  },
  {
    id: 'framework.configuration-schema',
    title: 'the response of /configuration has $schema',
    spec: `${SPEC}, beaconConfigurationSchema`,
    severity: 'must',
    run: judgeSchemaMember('configuration'),
  },
  {
    id: 'framework.map-schema',
    title: 'the response of /map has $schema',
    spec: `${SPEC}, beaconMapSchema`,
    severity: 'must',
    run: judgeSchemaMember('map'),
  },
  {
    id: 'framework.environment',
    title: 'environment is in lower case, productionStatus in upper case',
    spec: `${SPEC}, beaconInfoResults and beaconConfigurationSchema`,
    severity: 'must',
    run: judgeEnvironment,
  },
  {
    id: 'framework.all-filtering-terms',
    title: '/filtering_terms?limit=0 gives all terms',
    spec: `${SPEC}, pagination: limit 0; networks ask so`,
    severity: 'must',
    run: judgeAllTerms,
  },
  {
    id: 'framework.requested-schema',
    title: '/info?requestedSchema=ga4gh-service-info-v1.0 answers with service-info',
    spec: `${SPEC}, endpoints.json, /info`,
    severity: 'should',
    run: judgeServiceInfoByInfo,
  },
  {
    id: 'framework.served-schemas',
    title: 'the schemas of records that the beacon says it serves are there',
    spec: `${SPEC}, entryTypeDefinition, referenceToSchemaDefinition`,
    severity: 'must',
    run: judgeServedSchemas,
  },
  {
    id: 'framework.open',
    title: 'the framework documents are there without credentials',
    spec: `${SPEC}, informational endpoints`,
    severity: 'should',
    async run({ client, base }) {
      const exchange = await client.send({ method: 'GET', url: `${base}/info`, kind: 'hostile', anonymous: true })
      return demandsLogin(exchange) ? fail(describeStatus(exchange), 'HTTP 200', exchange.where) : pass()
    },
  },
]
