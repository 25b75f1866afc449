/** What controlled data may be asked for: HL7 v3 ActReason. */
export const REQUEST_PURPOSES = ['TREAT', 'HRESCH', 'HQUALIMP', 'PUBHLTH', 'PATRQT', 'HTEST'] as const
export type RequestPurpose = (typeof REQUEST_PURPOSES)[number]

/** Headers that say what a request is for, and on the grants of which project it relies. */
export const PURPOSE_HEADER = 'ngp-purpose'
export const PROJECT_HEADER = 'ngp-project'

/** A URN (RFC 8141) without spaces; longer ones are no names. */
const PROJECT = /^urn:[a-z0-9][a-z0-9-]{0,31}:[!-~]{1,200}$/i

export function isRequestPurpose(text: string): text is RequestPurpose {
  return (REQUEST_PURPOSES as readonly string[]).includes(text)
}

export function isProjectUrn(text: string): boolean {
  return PROJECT.test(text)
}
