import type { FileRight } from './file-grant.js'

/** What one grant gives of a file, or public access. */
export type FileAlternative = Pick<FileRight, 'people' | 'grants' | 'regions' | 'readers' | 'ends'>

/**
 * Grants that show the same people, and may go to the same, give together what each gives: regions of one and of the other. The
 * others stay apart, because who may be seen under one is not to be seen under another's terms.
 *
 * @returns the one with most people first; of those with as many first what may leave in plain, then what has no regions
 */
export function uniteFileRights(alternatives: readonly FileAlternative[]): readonly FileAlternative[] {
  if (alternatives.length === 1) return alternatives
  const united = new Map<string, FileAlternative>()
  for (const right of alternatives) {
    const key = JSON.stringify([[...right.people], right.readers?.toSorted() ?? null])
    const other = united.get(key)
    united.set(key, other ? unite(other, right) : right)
  }
  return [...united.values()].toSorted(
    (a, b) =>
      b.people.size - a.people.size ||
      Number(a.readers !== undefined) - Number(b.readers !== undefined) ||
      Number(a.regions !== undefined) - Number(b.regions !== undefined),
  )
}

function unite(a: FileAlternative, b: FileAlternative): FileAlternative {
  const { people, readers } = a
  const regions = a.regions && b.regions ? [...a.regions, ...b.regions] : undefined
  // Without one of its grants a ticket is void.
  const ends = Math.min(a.ends ?? Infinity, b.ends ?? Infinity)
  return {
    people,
    grants: [...a.grants, ...b.grants],
    ...(ends < Infinity ? { ends } : {}),
    ...(regions ? { regions } : {}),
    ...(readers ? { readers } : {}),
  }
}
