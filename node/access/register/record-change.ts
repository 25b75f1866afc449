export const CHANGE_EVENTS = [
  'project.change',
  'application.change',
  'decision.change',
  'grant.change',
  'tag.change',
  'status.change',
  'pause',
  'resume',
  'visa.issue',
] as const
export type ChangeEvent = (typeof CHANGE_EVENTS)[number]

/**
 * Puts a change on record. It is called before the change is committed, and the change is not made when it fails.
 *
 * @param details ids, numbers of people and who did it (`by`, `at`); never names of people, tokens or keys
 */
export type RecordChange = (event: ChangeEvent, details: Readonly<Record<string, unknown>>) => Promise<void>
