import type { NodeErrorCode } from '../errors.js'
import { isVisible, type VisibleSet } from '../variants/visible-set.js'
import { mayAsk, type DatasetPolicy } from './authorise.js'
import type { Caller } from './caller.js'
import { FileGrant } from './file-grant.js'

/** What a decision needs to know of a file. */
export interface FilePolicy {
  readonly id: string
  readonly datasetId: string
  /** Reads of several people cannot be told apart, columns of variants can. */
  readonly kind: 'reads' | 'variants'
  /** Everybody in it: as the file calls them, and by number. */
  readonly people: readonly { readonly sample: string; readonly individual: number }[]
}

export type FileDecision =
  | { readonly kind: 'granted'; readonly grant: FileGrant }
  | { readonly kind: 'denied'; readonly code: NodeErrorCode; readonly message: string }

/** One answer for what does not exist and what may not be known of, so that ids cannot be tried out. */
const NOT_FOUND: FileDecision = { kind: 'denied', code: 'not_found', message: 'there is no such file' }

/**
 * Decides whether a caller may have a file, and whom of those in it. A file is the most that a dataset can tell: it leaves only
 * where the dataset tells records.
 *
 * @param file undefined: there is none with the id that was asked for
 * @param policies of the published datasets
 * @param visible the people of the node that may be seen at all
 */
export function authoriseFile(
  caller: Caller,
  file: FilePolicy | undefined,
  policies: readonly DatasetPolicy[],
  visible: VisibleSet,
): FileDecision {
  const policy = file && policies.find(({ id }) => id === file.datasetId)
  if (!policy || !mayAsk(caller, policy) || policy.granularity !== 'record') return NOT_FOUND
  const shown = file.people.filter(({ individual }) => isVisible(visible, individual))
  const isSomebodyHidden = shown.length < file.people.length
  if (isSomebodyHidden && (file.kind === 'reads' || shown.length === 0)) return NOT_FOUND
  const people = new Map(shown.map(({ sample, individual }) => [sample, individual]))
  return { kind: 'granted', grant: FileGrant.mint(file.id, file.datasetId, policy.identifiers === 'keep', people) }
}
