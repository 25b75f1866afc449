/** A line of a SAM header (SAM specification 1.3). */
export interface SamHeaderLine {
  /** Two letters: `HD`, `SQ`, `RG`, `PG`, `CO`. */
  readonly type: string
  /** In the line's order; of a comment none. */
  readonly fields: readonly SamHeaderField[]
  /** Of a comment all behind its type. */
  readonly comment?: string
}

export interface SamHeaderField {
  readonly tag: string
  readonly value: string
}

/** Lines that are none, which readers pass over, too, are left out. */
export function parseSamHeader(text: string): SamHeaderLine[] {
  return text.split(/\r?\n/).flatMap((line): SamHeaderLine[] => {
    const match = /^@([A-Za-z][A-Za-z])(?:\t(.*))?$/.exec(line)
    if (!match) return []
    const [, type, rest = ''] = match
    if (type === 'CO') return [{ type, fields: [], comment: rest }]
    const fields = rest.split('\t').flatMap((field) => {
      const colon = field.indexOf(':')
      return colon < 0 ? [] : [{ tag: field.slice(0, colon), value: field.slice(colon + 1) }]
    })
    return [{ type: type!, fields }]
  })
}

export function formatSamHeader(lines: readonly SamHeaderLine[]): string {
  return lines
    .map(({ type, fields, comment }) =>
      [`@${type}`, ...(comment === undefined ? fields.map(({ tag, value }) => `${tag}:${value}`) : [comment])].join(
        '\t',
      ),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** Whose the reads are: `SM` of the read groups, each once. */
export function readSampleNames(lines: readonly SamHeaderLine[]): string[] {
  const names = lines
    .filter(({ type }) => type === 'RG')
    .flatMap(({ fields }) => fields.filter(({ tag }) => tag === 'SM').map(({ value }) => value))
  return [...new Set(names)]
}
