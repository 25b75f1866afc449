import { Bitmap } from '../../variants/bitmap.js'
import { watchDatabase } from '../../watch-database.js'
import type { Subject } from '../person.js'
import type { AccessRules, Pause, Tagged } from '../rules.js'
import { listGrants } from './grant-rows.js'
import { earlier, isActiveMember, isProjectOpen, toGrantInForce } from './in-force.js'
import { listPauses } from './pauses.js'
import { findProject, listMembers } from './projects.js'
import { openRegister } from './register-database.js'
import type { Member, Project, StoredGrant, StoredPause, Tag, TaggedObject } from './register-types.js'
import { findTag, listTagged } from './tags.js'

export interface OpenAccessRules extends AccessRules {
  /** What a tag allows; undefined: there is none of this name. */
  findTag(name: string): Tag | undefined
  close(): void
}

/** A tag that is not over is on the dataset, or a grant in force names it. */
const RELEASED = `
  SELECT 1 FROM tagged JOIN tag ON tag.name = tagged.tag
  WHERE tagged.kind = 'dataset' AND tagged.object = :id AND tagged.removed_at IS NULL AND tag.valid_to > :at
    AND tagged.valid_from <= :at AND (tagged.valid_to IS NULL OR tagged.valid_to > :at)
  UNION ALL
  SELECT 1 FROM access_grant
  WHERE dataset = :id AND revoked_at IS NULL AND valid_from <= :at AND valid_to > :at
  LIMIT 1`

interface KnownProject {
  readonly project: Project
  readonly members: readonly Member[]
  readonly grants: readonly StoredGrant[]
}

interface KnownTagged {
  readonly tagged: Tagged
  /** When something begins or ends to carry the tag; ISO 8601. */
  readonly until: string | undefined
}

/** So many projects, or tags, are kept in memory; those asked of are few, and ids that do not exist are not kept at all. */
const MOST_KEPT = 1_000

/**
 * Opens what was decided, as it stands at every question: whatever another process changed is seen by the next, because each
 * begins by asking SQLite whether anybody else has committed.
 *
 * @param asksOncePerTurn the questions of one turn of the event loop, as those of one request are, ask once together
 */
export function openAccessRules(
  directory: string,
  { now, asksOncePerTurn = false }: { readonly now: () => Date; readonly asksOncePerTurn?: boolean },
): OpenAccessRules {
  const db = openRegister(directory)
  const hasChanged = watchDatabase(db, asksOncePerTurn)
  const projects = new Map<string, KnownProject>()
  const tags = new Map<string, Tag>()
  const tagged = new Map<string, KnownTagged>()
  let pauses: readonly StoredPause[] | undefined
  // Counts what is known anew: after a change, and when a tag begins or ends.
  let states = 0
  const isReleased = db.prepare<{ id: string; at: string }, number>(RELEASED).pluck()

  function refresh(): void {
    if (!hasChanged()) return
    states++
    for (const kept of [projects, tags, tagged]) kept.clear()
    pauses = undefined
  }

  /** @param read undefined: there is none */
  function keep<T>(kept: Map<string, T>, key: string, read: () => T | undefined): T | undefined {
    const known = kept.get(key)
    if (known !== undefined) return known
    const found = read()
    if (found === undefined) return undefined
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(key, found)
    return found
  }

  // All of a project from one state of the file.
  const readProject = db.transaction((id: string): KnownProject | undefined => {
    const project = findProject(db, id)
    if (!project) return undefined
    const grants = listGrants(db, id).filter(({ revoked }) => !revoked)
    const members = listMembers(db, id).filter(({ removed }) => !removed)
    return { project, members, grants }
  })

  /** The membership of one of these subjects that lasts longest, of those that are active. */
  function findMember({ members }: KnownProject, subjects: readonly Subject[], at: string): Member | undefined {
    const own = members.filter(
      (member) =>
        isActiveMember(member, at) && subjects.some(({ issuer, id }) => issuer === member.iss && id === member.sub),
    )
    return own.find(({ to }) => to === undefined) ?? own.reduce<Member | undefined>(later, undefined)
  }

  return {
    grantsOf(subjects, projectId, when) {
      refresh()
      const known = keep(projects, projectId, () => readProject(projectId))
      if (!known) return []
      const at = when.toISOString()
      const member = isProjectOpen(known.project, at) ? findMember(known, subjects, at) : undefined
      if (!member) return []
      return known.grants.flatMap((grant) => {
        const { tag: name } = grant
        const tag = name === undefined ? undefined : keep(tags, name, () => findTag(db, name))
        const inForce = toGrantInForce(grant, known.project, tag, at)
        if (!inForce) return []
        return member.to === undefined ? inForce : { ...inForce, ends: earlier(inForce.ends, member.to) }
      })
    },

    tagged(tag, controller) {
      refresh()
      const at = now().toISOString()
      const key = JSON.stringify([tag, controller])
      const old = tagged.get(key)
      if (old?.until !== undefined && old.until <= at) {
        tagged.delete(key)
        states++
      }
      return keep(tagged, key, () => toKnownTagged(listTagged(db, tag), controller, at))!.tagged
    },

    isReleased: (datasetId, when) => isReleased.get({ id: datasetId, at: when.toISOString() }) !== undefined,

    get version() {
      refresh()
      return String(states)
    },

    pauseOf(datasetId, controller) {
      refresh()
      pauses ??= listPauses(db).filter(({ resumed }) => !resumed)
      const found =
        pauses.find(({ scope }) => scope === 'network') ??
        pauses.find(({ scope, name }) => scope === 'controller' && name === controller) ??
        pauses.find(({ scope, name }) => scope === 'dataset' && name === datasetId)
      return found && toPause(found)
    },

    findTag(name) {
      refresh()
      return keep(tags, name, () => findTag(db, name))
    },

    close() {
      db.close()
    },
  }
}

function later(known: Member | undefined, other: Member): Member {
  return known?.to !== undefined && known.to >= other.to! ? known : other
}

function toPause({ scope, reason, paused }: StoredPause): Pause {
  return { scope, reason, since: new Date(paused.at) }
}

function toKnownTagged(all: readonly TaggedObject[], controller: string | undefined, at: string): KnownTagged {
  const kept = all.filter((one) => !one.removed && (controller === undefined || one.controller === controller))
  const active = kept.filter(({ from, to }) => from <= at && (to === undefined || at < to))
  const namesOf = (wanted: TaggedObject['kind']) =>
    active.filter(({ kind }) => kind === wanted).map(({ object }) => object)
  const edges = kept.flatMap(({ from, to }) => [from, ...(to === undefined ? [] : [to])]).filter((edge) => edge > at)
  const individuals = new Bitmap(namesOf('individual').map(Number))
  // Every request of a caller gets the same one.
  individuals.freeze()
  return {
    tagged: { datasets: new Set(namesOf('dataset')), individuals, files: new Set(namesOf('file')) },
    until: edges.sort()[0],
  }
}
