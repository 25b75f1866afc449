import { watchDatabase } from '../../watch-database.js'
import { EMPTY, type Bitmap } from '../../variants/bitmap.js'
import type { Consent, GrantInForce } from '../rules.js'
import { edgesAround, lastNumber, openConsentDatabase, statusesAt } from './consent-database.js'
import { toConsentState, type ConsentState } from './consent-state.js'

export interface OpenConsent extends Consent {
  close(): void
}

export interface ConsentOptions {
  readonly now: () => Date
  /** Whether the law lets data serve public health (PUBHLTH) whatever people said. Default: false. */
  readonly publicHealthByLaw?: boolean
}

interface State extends ConsentState {
  readonly version: string
  /** When something begins or ends to count. */
  readonly next: string | undefined
  /** Of public and registered data: asked in every request. */
  readonly open: Bitmap
  /** Of grants, by what of them matters. */
  readonly kept: Map<string, { readonly everybody: Bitmap; readonly people: Bitmap }>
}

/** So many sets are kept, one for each grant that was lately relied on. */
const MOST_KEPT = 1_000

/** Opens what people said, as it counts at every question: what another process records is seen by the next. */
export function openConsent(nodeDirectory: string, options: ConsentOptions): OpenConsent {
  const { now, publicHealthByLaw = false } = options
  const db = openConsentDatabase(nodeDirectory)
  const hasChanged = watchDatabase(db)
  let state: State | undefined

  function current(): State {
    // Asked each time: whether it has changed is told once.
    const isOld = hasChanged()
    if (state && !isOld && (state.next === undefined || now().toISOString() < state.next)) return state
    state = read()
    return state
  }

  // All of it from one state of the file.
  const read = db.transaction((): State => {
    const at = now().toISOString()
    const { last, next } = edgesAround(db, at)
    const known = toConsentState(statusesAt(db, at), publicHealthByLaw)
    return {
      ...known,
      protectedPeople: freeze(known.protectedPeople),
      open: freeze(known.hiddenFrom(undefined, undefined, EMPTY)),
      // The same in every worker of the node.
      version: `${lastNumber(db)}@${last ?? ''}`,
      next,
      kept: new Map(),
    }
  })

  return {
    hiddenFrom(purpose, grant, everybody) {
      const { kept, open, hiddenFrom } = current()
      if (!grant) return open
      const key = JSON.stringify([purpose, toKey(grant)])
      const known = kept.get(key)
      if (known?.everybody === everybody) return known.people
      const people = freeze(hiddenFrom(purpose, grant, everybody))
      if (kept.size >= MOST_KEPT) kept.clear()
      kept.set(key, { everybody, people })
      return people
    },
    protectedPeople: () => current().protectedPeople,
    get version() {
      return current().version
    },
    close() {
      db.close()
    },
  }
}

function toKey({ project, scope, duo, waivesConsent, ehdsPermitAt }: GrantInForce): readonly unknown[] {
  return [project, scope, duo, waivesConsent, ehdsPermitAt]
}

/** Every request gets the same one. */
function freeze(set: Bitmap): Bitmap {
  return set.isEmpty ? EMPTY : set.freeze()
}
