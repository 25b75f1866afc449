export type ChangeEvent = 'grant.change' | 'tag.change' | 'status.change' | 'visa.issue'

/**
 * Puts a change on record. It is called before the change is committed, and the change is not made when it fails.
 *
 * @param details ids, numbers of people and who did it; never names of people, tokens or keys
 */
export type RecordChange = (event: ChangeEvent, details: Readonly<Record<string, unknown>>) => Promise<void>
