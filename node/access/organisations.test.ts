import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { haveCommon, isNamed, parseOrganisation } from './organisations.js'

describe('the home organisation of an affiliation', () => {
  test.each([
    ['faculty@ki.se', 'ki.se'],
    ['student@KI.se', 'ki.se'],
    ['member@med.uu.se', 'med.uu.se'],
    ['nih.researcher@med.stanford.edu', 'med.stanford.edu'],
    ['a.b.c@x-1.se', 'x-1.se'],
    ['faculty@1177.se', '1177.se'],
    ['faculty@xn--bcher-kva.se', 'xn--bcher-kva.se'],
    // Not a role of the specification: a former student, or a visitor of the library, has no home there.
    ['alum@ki.se', undefined],
    ['library-walk-in@ki.se', undefined],
    ['Faculty@ki.se', undefined],
    ['@ki.se', undefined],
    ['.role@ki.se', undefined],
    ['ns.@ki.se', undefined],
    ['a b.c@ki.se', undefined],
    // Split at the first @: what stands behind it is no name.
    ['faculty@ki.se@evil.example', undefined],
    ['faculty@evil.example@ki.se', undefined],
    ['faculty', undefined],
    ['faculty@', undefined],
    ['faculty@localhost', undefined],
    ['faculty@ki.se.', undefined],
    ['faculty@.ki.se', undefined],
    ['faculty@ki..se', undefined],
    ['faculty@-ki.se', undefined],
    ['faculty@ki-.se', undefined],
    ['faculty@*.se', undefined],
    ['faculty@ki.se/x', undefined],
    ['faculty@ki.se:443', undefined],
    ['faculty@ki.se\n', undefined],
    ['faculty@ ki.se', undefined],
    ['faculty@kı.se', undefined],
    // The Kelvin sign, whose small letter is k.
    ['faculty@\u212Ai.se', undefined],
    ['faculty@kí.se', undefined],
    [`faculty@${'a'.repeat(64)}.se`, undefined],
    [`faculty@${'a.'.repeat(127)}se`, undefined],
  ])('%j is of %j', (value, organisation) => {
    expect(parseOrganisation(value)).toBe(organisation)
  })
})

describe('names of organisations in node.yaml', () => {
  test.each([
    ['kth.se', ['kth.se'], true],
    ['sci.kth.se', ['kth.se'], false],
    ['kth.se', ['*.kth.se'], false],
    ['sci.kth.se', ['*.kth.se'], true],
    ['a.sci.kth.se', ['*.kth.se'], true],
    ['evilkth.se', ['*.kth.se'], false],
    ['evilkth.se', ['kth.se'], false],
    ['kth.se.evil.example', ['kth.se', '*.kth.se'], false],
    ['kth.se', ['*.se'], true],
    ['kth.se', ['ki.se', 'kth.se'], true],
    ['kth.se', [], false],
  ])('%s among %j: %s', (organisation, names, expected) => {
    expect(isNamed(organisation, names)).toBe(expected)
  })

  const label = fc.constantFrom('a', 'b', 'se', 'x')
  const organisation = fc.array(label, { minLength: 2, maxLength: 4 })
  const name = fc.tuple(fc.boolean(), fc.array(label, { minLength: 2, maxLength: 3 }))

  test('agree with a comparison label by label', () => {
    fc.assert(
      fc.property(organisation, fc.array(name, { maxLength: 3 }), (labels, names) => {
        const expected = names.some(([isSuffix, wanted]) => {
          const end = labels.slice(labels.length - wanted.length)
          const isEnd = labels.length >= wanted.length && wanted.every((one, index) => one === end[index])
          return isEnd && (isSuffix ? labels.length > wanted.length : labels.length === wanted.length)
        })
        const written = names.map(([isSuffix, wanted]) => `${isSuffix ? '*.' : ''}${wanted.join('.')}`)
        expect(isNamed(labels.join('.'), written)).toBe(expected)
      }),
    )
  })

  test('two lists have something in common where one organisation is named by both', () => {
    fc.assert(
      fc.property(organisation, fc.array(name), fc.array(name), (labels, some, others) => {
        const write = (names: typeof some) => names.map(([is, wanted]) => `${is ? '*.' : ''}${wanted.join('.')}`)
        const one = labels.join('.')
        const isOfBoth = isNamed(one, write(some)) && isNamed(one, write(others))
        expect(!isOfBoth || haveCommon(write(some), write(others))).toBe(true)
      }),
    )
    expect(haveCommon(['ki.se'], ['kth.se'])).toBe(false)
    expect(haveCommon(['*.ki.se'], ['ki.se'])).toBe(false)
    expect(haveCommon(['*.se'], ['*.ki.se'])).toBe(true)
    expect(haveCommon([], ['ki.se'])).toBe(false)
  })
})
