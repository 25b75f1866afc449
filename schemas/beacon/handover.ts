import { closed, text } from '../json-schema.js'

/** Where data that belong to an answer are to be had (Beacon v2, `beaconHandovers`). */
export interface Handover {
  /** A term, such as EDAM:2572 for BAM. */
  readonly handoverType: { readonly id: string; readonly label?: string }
  readonly url: string
  readonly note?: string
}

export const handoverSchema = {
  type: 'object',
  required: ['handoverType', 'url'],
  properties: {
    handoverType: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', pattern: String.raw`^\w[^:]+:.+$` }, label: text },
      ...closed,
    },
    url: { type: 'string', format: 'uri', pattern: '^https?://' },
    note: text,
  },
  ...closed,
}
