import { expect, test } from '@jest/globals'
import { createAdmission, defaultMaximumQuestions } from './admission.js'

function admissionOf(maximumQuestions: number, currentLag: () => number = () => 0) {
  const seen: (number | string)[] = []
  const admission = createAdmission({ maximumQuestions, maximumLagMs: 250 }, currentLag, {
    onChange: (inFlight) => seen.push(inFlight),
    onRefusal: (reason) => seen.push(reason),
  })
  return { admission, seen }
}

/** Work that ends when it is told. */
function openWork() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  return { work: () => ended, end }
}

const REFUSAL = expect.objectContaining({ code: 'rate_limited' })

test('so many questions are in flight, and one more is refused without its work being begun', async () => {
  const { admission, seen } = admissionOf(2)
  const [first, second] = [openWork(), openWork()]
  const asked = [admission.admit(first.work), admission.admit(second.work)]
  let begun = false
  await expect(admission.admit(async () => void (begun = true))).rejects.toEqual(REFUSAL)
  expect(begun).toBe(false)
  first.end()
  await asked[0]
  await admission.admit(async () => void (begun = true))
  expect(begun).toBe(true)
  second.end()
  await asked[1]
  expect(seen).toEqual([1, 2, 'full', 1, 2, 1, 0])
})

test('work that fails gives its place back', async () => {
  const { admission, seen } = admissionOf(1)
  await expect(admission.admit(() => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError)
  await expect(admission.admit(() => Promise.resolve(7))).resolves.toBe(7)
  expect(seen).toEqual([1, 0, 1, 0])
})

test('a process that is late lets one question in, and refuses the second', async () => {
  let lag = 251
  const { admission, seen } = admissionOf(10, () => lag)
  const first = openWork()
  const asked = admission.admit(first.work)
  await expect(admission.admit(() => Promise.resolve())).rejects.toEqual(REFUSAL)
  lag = 250
  await admission.admit(() => Promise.resolve())
  first.end()
  await asked
  expect(seen).toEqual([1, 'late', 2, 1, 0])
})

test.each([
  [0, 64],
  [3, 64],
  [21, 47],
  [60, 16],
  [500, 8],
])('with %i regions there are %i questions at once by default', (regions, questions) => {
  expect(defaultMaximumQuestions(regions)).toBe(questions)
})
