export interface TicketUrl {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly class?: string
}

/** The answer of htsget, as far as it can be read; what is wrong with it is for the cases. */
export interface Ticket {
  readonly format: string | undefined
  readonly urls: readonly TicketUrl[]
  readonly md5: string | undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readUrl(value: unknown): TicketUrl | undefined {
  if (!isObject(value) || typeof value['url'] !== 'string') return undefined
  const { url, headers, class: of } = value
  const pairs = isObject(headers) ? Object.entries(headers).map(([name, text]) => [name, String(text)] as const) : []
  return {
    url,
    ...(pairs.length > 0 ? { headers: Object.fromEntries(pairs) } : {}),
    ...(typeof of === 'string' ? { class: of } : {}),
  }
}

/** Undefined when the document is no ticket. */
export function readTicket(document: unknown): Ticket | undefined {
  if (!isObject(document) || !isObject(document['htsget'])) return undefined
  const { format, urls, md5 } = document['htsget']
  if (!Array.isArray(urls)) return undefined
  const read = urls.map(readUrl)
  if (read.some((url) => url === undefined)) return undefined
  return {
    format: typeof format === 'string' ? format : undefined,
    urls: read.filter((url) => url !== undefined),
    md5: typeof md5 === 'string' ? md5 : undefined,
  }
}

/** What an error of htsget says; undefined when the document is none. */
export function readError(document: unknown): { readonly error: string; readonly message: string } | undefined {
  if (!isObject(document) || !isObject(document['htsget'])) return undefined
  const { error, message } = document['htsget']
  return typeof error === 'string' && typeof message === 'string' ? { error, message } : undefined
}
