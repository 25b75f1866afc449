import { declaredTypes } from '../calibrate.js'
import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import { mapUrls } from '../endpoints.js'
import { at, entriesAt, show, textAt } from '../json.js'
import { CURIE_PATTERN } from '../model/terms.js'
import type { BeaconCase, World } from '../world.js'

const SPEC = 'Beacon v2.1.1 framework'

function judgeAgreement({ documents: { configuration, entryTypes, map }, endpoints }: World): Verdict {
  const configured = declaredTypes(configuration.body, 'response', 'entryTypes')
  const declared = declaredTypes(entryTypes.body, 'response', 'entryTypes')
  const mapped = [...new Set(endpoints.map(({ owner }) => owner))].sort()
  if (configured.join() !== declared.join()) {
    return fail(
      `/configuration has ${configured.join(', ')}; /entry_types has ${declared.join(', ')}`,
      'the same entry types',
    )
  }
  const undeclared = [
    ...new Set([...mapped, ...endpoints.filter(({ kind }) => kind !== 'terms').map(({ returns }) => returns)]),
  ].filter((type) => !configured.includes(type))
  if (undeclared.length > 0) {
    return fail(`/map has ${undeclared.join(', ')}, which /configuration lacks`, 'the same entry types', map.where)
  }
  const unmapped = configured.filter((type) => !mapped.includes(type))
  return unmapped.length > 0
    ? fail(`/configuration has ${unmapped.join(', ')}, which /map lacks`, 'the same entry types', map.where)
    : pass(configured.join(', '))
}

function judgeKeys({ documents: { configuration, entryTypes } }: World): Verdict {
  const verdicts = [configuration, entryTypes].flatMap((document) =>
    entriesAt(document.body, 'response', 'entryTypes').map(([key, definition]) =>
      textAt(definition, 'id') === key
        ? pass()
        : fail(
            `the entry type under "${show(key)}" has the id ${show(at(definition, 'id'))}`,
            'its key as its id',
            document.where,
          ),
    ),
  )
  return firstFailure(verdicts, 'no entry types')
}

function judgeAbsolute({ documents: { map } }: World): Verdict {
  const verdicts = mapUrls(map.body).map(({ pointer, url }) =>
    /^https?:\/\/[^/]/i.test(url)
      ? pass()
      : fail(`${pointer} is ${show(url)}`, 'absolute http or https URLs: clients ask them as they are', map.where),
  )
  return firstFailure(verdicts, 'the map has no URLs')
}

function judgeBeaconIds({ documents }: World): Verdict {
  const id = textAt(documents.info.body, 'response', 'id')
  if (id === undefined) return skip('/info names no id')
  const { serviceInfo: _bare, ...wrapped } = documents
  const verdicts = Object.values(wrapped).map(({ body, where, status }) => {
    const seen = at(body, 'meta', 'beaconId')
    return status !== 200 || seen === id
      ? pass()
      : fail(`meta.beaconId is ${show(seen)}`, `"${show(id)}", the id of /info`, where)
  })
  return firstFailure(verdicts, 'no documents')
}

function judgeEntryTypeTerms({ documents: { configuration, entryTypes } }: World): Verdict {
  const verdicts = [configuration, entryTypes].flatMap((document) =>
    entriesAt(document.body, 'response', 'entryTypes').map(([key, definition]) => {
      const id = at(definition, 'ontologyTermForThisType', 'id')
      if (id === undefined) return skip('no entry type has an ontology term')
      return typeof id === 'string' && new RegExp(CURIE_PATTERN).test(id)
        ? pass()
        : fail(`ontologyTermForThisType of ${key} has the id ${show(id)}`, 'a CURIE', document.where)
    }),
  )
  return firstFailure(verdicts, 'no entry types')
}

/** Whether the framework documents agree with each other. */
export const AGREEMENT_CASES: readonly BeaconCase[] = [
  {
    id: 'framework.map-urls',
    title: 'the URLs of /map are absolute',
    spec: `${SPEC}, beaconMapSchema`,
    severity: 'must',
    run: judgeAbsolute,
  },
  {
    id: 'framework.entry-types-agree',
    title: '/configuration, /entry_types and /map have the same entry types',
    spec: `${SPEC}, configuration`,
    severity: 'must',
    run: judgeAgreement,
  },
  {
    id: 'framework.entry-type-keys',
    title: 'every entry type stands under its own id',
    spec: `${SPEC}, entryTypesSchema`,
    severity: 'must',
    run: judgeKeys,
  },
  {
    id: 'framework.entry-type-terms',
    title: 'ontology terms of entry types have CURIEs',
    spec: `${SPEC}, entryTypeDefinition`,
    severity: 'must',
    run: judgeEntryTypeTerms,
  },
  {
    id: 'framework.beacon-id',
    title: 'every document names the same beacon',
    spec: `${SPEC}, beaconInformationalResponseMeta`,
    severity: 'must',
    run: judgeBeaconIds,
  },
]
