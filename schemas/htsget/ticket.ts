import { closed, objectSchema, text } from '../json-schema.js'

/** The version of htsget that is spoken; `VCFTEXT` and `encryptionScheme` are of its next one. */
export const HTSGET_VERSION = '1.3.0'

/** What `Content-Type` of tickets and errors says (htsget 1.3, "Protocol essentials"). */
export const HTSGET_MEDIA_TYPE = `application/vnd.ga4gh.htsget.v${HTSGET_VERSION}+json; charset=utf-8`

/** Formats of each endpoint, the one that is meant without `format` first. */
export const HTSGET_FORMATS = { reads: ['BAM', 'CRAM'], variants: ['VCF', 'BCF', 'VCFTEXT'] } as const

export type HtsgetEndpoint = keyof typeof HTSGET_FORMATS
export type HtsgetFormat = (typeof HTSGET_FORMATS)[HtsgetEndpoint][number]

/** One piece of an answer; their contents one after the other are the file. */
export interface TicketUrl {
  /** `https:`, or `data:;base64,` with the content itself. */
  readonly url: string
  /** To be sent with the request for the URL. */
  readonly headers?: Readonly<Record<string, string>>
  readonly class?: 'header' | 'body'
}

/** Where an answer is to be had. No other key may stand at the top: htslib refuses it. */
export interface Ticket {
  readonly htsget: { readonly format: HtsgetFormat; readonly urls: readonly TicketUrl[] }
}

function url(classRule: object): object {
  return {
    type: 'object',
    properties: {
      url: { type: 'string', pattern: '^(https?://|data:;base64,)' },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      class: { enum: ['header', 'body'] },
    },
    ...classRule,
    ...closed,
  }
}

export const ticketSchema = objectSchema(
  'htsget ticket',
  ['htsget'],
  {
    htsget: {
      type: 'object',
      required: ['format', 'urls'],
      properties: {
        format: { enum: [...HTSGET_FORMATS.reads, ...HTSGET_FORMATS.variants] },
        urls: {
          type: 'array',
          // All of them say their class or none does.
          oneOf: [
            { minItems: 1, items: url({ required: ['url', 'class'] }) },
            { items: url({ required: ['url'], not: { required: ['class'] } }) },
          ],
        },
        md5: text,
      },
      ...closed,
    },
  },
  closed,
)
