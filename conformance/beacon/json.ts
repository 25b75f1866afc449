/** A place in parsed JSON; undefined where the path leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Readonly<Record<string | number, unknown>>)[key]
  }
  return here
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? (found as readonly unknown[]) : []
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export function entriesAt(
  value: unknown,
  ...path: readonly (string | number)[]
): readonly (readonly [string, unknown])[] {
  const found = at(value, ...path)
  return isObject(found) ? Object.entries(found) : []
}

/** JSON pointers of every null, but for what is inside an `info`: the standard leaves its content to the beacon. */
export function findNulls(value: unknown, pointer = ''): readonly string[] {
  if (value === null) return [pointer || '/']
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => findNulls(item, `${pointer}/${i}`))
  if (!isObject(value)) return []
  const members = Object.entries(value).filter(([key, item]) => key !== 'info' || item === null)
  return members.flatMap(([key, item]) => findNulls(item, `${pointer}/${key}`))
}

/** The same without its nulls, so that each is reported once and by the case for it. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([, item]) => item !== null)
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]))
}

/** JSON with sorted keys, for comparing what two answers say. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  )
}

const LONGEST_SHOWN = 160

/** A value as a report shows it: short, on one line, without control characters. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)
  // eslint-disable-next-line no-control-regex -- what a beacon sends must not steer a terminal
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
  return plain.length > LONGEST_SHOWN ? `${plain.slice(0, LONGEST_SHOWN)}…` : plain
}
