/** What is not as it should be, in one line: where, what, and what to do. */
export interface Finding {
  /** Warnings may wait: a node with nothing else is well. */
  readonly level: 'problem' | 'warning'
  readonly where: string
  readonly what: string
  readonly remedy: string
}

export function problem(where: string, what: string, remedy: string): Finding {
  return { level: 'problem', where, what: toOneLine(what), remedy }
}

export function warning(where: string, what: string, remedy: string): Finding {
  return { level: 'warning', where, what: toOneLine(what), remedy }
}

export function toLine({ level, where, what, remedy }: Finding): string {
  return `${level === 'warning' ? 'warning: ' : ''}${where}: ${what}; ${remedy}`
}

function toOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}

/** Why a file cannot be used. What a parser of JSON says can hold a piece of what it read, which may be secret. */
export function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is not JSON'
  const { code, syscall, message } = error as NodeJS.ErrnoException
  return syscall === undefined ? message : `it cannot be read (${code})`
}
