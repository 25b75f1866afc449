import type { NodeErrorCode } from '../errors.js'
import { Bitmap } from '../variants/bitmap.js'
import { coverageOf, endOf, grantsFor, grantsOf, type ApplicableGrant, type Coverage } from './applicable-grants.js'
import type { Caller } from './caller.js'
import { isListed, type AccessState } from './dataset-access.js'
import type { DatasetPolicy } from './dataset-policy.js'
import { FileGrant } from './file-grant.js'
import type { Person } from './person.js'
import type { GrantInForce, Pause } from './rules.js'
import { uniteFileRights, type FileAlternative } from './unite-file-rights.js'

/** What a decision needs to know of a file. */
export interface FilePolicy {
  readonly id: string
  readonly datasetId: string
  /** Reads of several people cannot be told apart, columns of variants can. */
  readonly kind: 'reads' | 'variants'
  /** Everybody in it: as the file calls them, and by number. */
  readonly people: readonly { readonly sample: string; readonly individual: number }[]
}

/** Who asks for files, and what decides whether they are had: all as it stands now. */
export interface FileAsker {
  readonly caller: Caller
  /** Of the published datasets. */
  readonly policies: readonly DatasetPolicy[]
  readonly state: Pick<AccessState, 'rules' | 'consent' | 'care' | 'now'> & {
    readonly register: Pick<AccessState['register'], 'everybody'>
  }
}

export type FileDecision =
  /** At least one: who may have all of a file, a part of it in plain, and more of it encrypted has several. The widest first. */
  | { readonly kind: 'granted'; readonly grants: readonly FileGrant[] }
  | { readonly kind: 'denied'; readonly code: NodeErrorCode; readonly message: string }

/** One answer for what does not exist and what may not be known of, so that ids cannot be tried out. */
const NOT_FOUND: FileDecision = { kind: 'denied', code: 'not_found', message: 'there is no such file' }

/** Whether a caller may have a file, and whom of those in it. */
export type FileDecider = (file: FilePolicy | undefined) => FileDecision

/**
 * Decides of files for one caller. A file is the most that a dataset can tell: it leaves only where the dataset tells records,
 * and of a dataset that is not public only under a grant of level `file` that is about the file and says where it may go.
 *
 * @returns of many files cheaper than of each alone
 */
export function createFileDecider(asker: FileAsker): FileDecider {
  const { caller, policies, state } = asker
  const { rules, consent, now } = state
  const everybody = state.register.everybody()
  const hiddenBy = new Map<string | undefined, Bitmap>()
  const protectedPeople = consent.protectedPeople()
  const ofDataset = new Map<string, readonly ApplicableGrant[]>()

  /** @param grant undefined: of public access */
  function hiddenFrom(grant: GrantInForce | undefined): Bitmap {
    const known = hiddenBy.get(grant?.id)
    if (known) return known
    const withheld = consent.hiddenFrom(grant && caller.purpose, grant, everybody)
    const hidden = protectedPeople.isEmpty ? withheld : Bitmap.or(withheld, protectedPeople)
    hiddenBy.set(grant?.id, hidden)
    return hidden
  }

  function applicable(policy: DatasetPolicy): readonly ApplicableGrant[] {
    const known = ofDataset.get(policy.id)
    if (known) return known
    const grants = grantsFor(caller, rules, policy, state).filter(({ grant }) => grant.level === 'file')
    ofDataset.set(policy.id, grants)
    return grants
  }

  /** @returns undefined: somebody is in it who may not be shown and cannot be left out, or nobody else */
  function shownIn(file: FilePolicy, grant: GrantInForce | undefined): FileAlternative['people'] | undefined {
    const hidden = hiddenFrom(grant)
    const shown = file.people.filter(({ individual }) => everybody.has(individual) && !hidden.has(individual))
    const isSomebodyHidden = shown.length < file.people.length
    if (isSomebodyHidden && (file.kind === 'reads' || shown.length === 0)) return undefined
    return new Map(shown.map(({ sample, individual }) => [sample, individual]))
  }

  function decidePublic(file: FilePolicy, policy: DatasetPolicy): FileDecision {
    const people = shownIn(file, undefined)
    return people ? granted(file, policy, [{ people, grants: [] }]) : NOT_FOUND
  }

  function decideGranted(file: FilePolicy, policy: DatasetPolicy, person: Person): FileDecision {
    const about = applicable(policy).filter(({ covers }) => covers.isWhole || covers.files.has(file.id))
    const shown = about.flatMap(({ grant }) => {
      const people = shownIn(file, grant)
      return people ? [{ grant, people }] : []
    })
    if (about.length > 0 && shown.length === 0) return NOT_FOUND
    const alternatives = shown.flatMap(({ grant, people }) => {
      const readers = readersOf(grant, person)
      if (readers?.length === 0) return []
      const { id, regions } = grant
      const ends = endOf(grant, caller)
      const end = ends < Infinity ? { ends } : {}
      return [{ people, grants: [id], ...end, ...(regions ? { regions } : {}), ...(readers ? { readers } : {}) }]
    })
    if (alternatives.length > 0) return granted(file, policy, alternatives)
    if (!isListed(policy, state) || !hasSomeGrant(file, policy)) return NOT_FOUND
    const message =
      about.length > 0
        ? 'no grant of your project lets this file go to you: they say where files may be delivered'
        : 'no grant of your project lets you have this file for this purpose'
    return { kind: 'denied', code: 'permission_denied', message }
  }

  /** For whatever purpose, of whatever level. */
  function hasSomeGrant(file: FilePolicy, policy: DatasetPolicy): boolean {
    return grantsOf(caller, rules, now).some((grant) => touches(coverageOf(grant, policy, rules), file))
  }

  function decide(file: FilePolicy | undefined, policy: DatasetPolicy | undefined): FileDecision {
    if (!file || policy?.granularity !== 'record') return NOT_FOUND
    if (policy.access === 'public') return decidePublic(file, policy)
    if (caller.principal.kind === 'person') return decideGranted(file, policy, caller.principal)
    if (!isListed(policy, state)) return NOT_FOUND
    return { kind: 'denied', code: 'unauthenticated', message: 'this file needs an access token' }
  }

  return (file) => {
    const policy = file && policies.find(({ id }) => id === file.datasetId)
    const pause = rules.pauseOf(policy?.id ?? '', policy?.controller)
    if (pause?.scope === 'network') return paused(pause)
    const decision = decide(file, policy)
    const isKnown = decision.kind === 'granted' || decision.code !== 'not_found'
    return pause && isKnown ? paused(pause) : decision
  }
}

function granted(
  file: FilePolicy,
  { assembly, identifiers }: DatasetPolicy,
  alternatives: readonly FileAlternative[],
): FileDecision {
  const keepsIdentifiers = identifiers === 'keep'
  const { id: fileId, datasetId } = file
  const rights = uniteFileRights(alternatives)
  return {
    kind: 'granted',
    grants: rights.map(({ people, grants, regions, readers, ends }) =>
      FileGrant.mint({ fileId, datasetId, assembly, keepsIdentifiers, people, grants, regions, readers, ends }),
    ),
  }
}

function paused({ scope }: Pause): FileDecision {
  const what = scope === 'network' ? 'this node' : 'the dataset of this file'
  return { kind: 'denied', code: 'unavailable', message: `${what} is paused by the region` }
}

function touches(covers: Coverage | undefined, file: FilePolicy): boolean {
  if (!covers) return false
  return (
    covers.isWhole || covers.files.has(file.id) || file.people.some(({ individual }) => covers.people.has(individual))
  )
}

/**
 * For whom a file must be encrypted under a grant.
 *
 * @returns undefined: for nobody, because the person's client may have it; none: it may not leave
 */
function readersOf({ deliverTo = [] }: GrantInForce, { client, actor }: Person): readonly string[] | undefined {
  const isForClient = deliverTo.some((to) => to.kind === 'client' && (to.client === client || to.client === actor))
  if (isForClient) return undefined
  return deliverTo.flatMap((to) => (to.kind === 'crypt4gh' ? [to.publicKey] : []))
}
