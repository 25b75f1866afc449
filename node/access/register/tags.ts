import type Database from 'better-sqlite3'
import type { Purpose } from '../caller.js'
import type { GrantLevel } from '../rules.js'
import { requireDecision } from './decision-rows.js'
import { checkObjects, checkTag } from './input-schemas.js'
import type { NodeObjects } from './node-objects.js'
import { checkInput, parseInput, refusePersonalNumbers, toMoment } from './parse-input.js'
import { parseId, toId } from './register-database.js'
import { RegisterError } from './register-error.js'
import type { ObjectKind, Tag, TaggedObject } from './register-types.js'
import type { Changing } from './run-change.js'

/** What gets or loses a tag. */
export interface TagObjectsInput {
  readonly tag: string
  readonly datasets?: readonly string[]
  /** Names of the laboratory, or pseudonyms. */
  readonly individuals?: readonly string[]
  readonly files?: readonly string[]
  /** Id of the decision by which they are released; needed to add. */
  readonly decision?: string
  readonly from?: string
  readonly to?: string
}

interface TagRow {
  readonly name: string
  readonly dac: string
  readonly purposes: string
  readonly highest_level: GrantLevel
  readonly valid_to: string
}

interface TaggedRow {
  readonly tag: string
  readonly kind: ObjectKind
  readonly object: string
  readonly controller: string
  readonly decision: number
  readonly valid_from: string
  readonly valid_to: string | null
  readonly added_by: string
  readonly added_at: string
  readonly removed_by: string | null
  readonly removed_at: string | null
}

function toTag({ name, dac, purposes, highest_level, valid_to }: TagRow): Tag {
  return { name, dac, purposes: JSON.parse(purposes) as Purpose[], highestLevel: highest_level, to: valid_to }
}

function toTagged(row: TaggedRow): TaggedObject {
  return {
    tag: row.tag,
    kind: row.kind,
    object: row.object,
    controller: row.controller,
    decision: toId('D', row.decision),
    from: row.valid_from,
    ...(row.valid_to === null ? {} : { to: row.valid_to }),
    added: { by: row.added_by, at: row.added_at },
    ...(row.removed_at === null ? {} : { removed: { by: row.removed_by!, at: row.removed_at } }),
  }
}

export function listTags(db: Database.Database): readonly Tag[] {
  return db.prepare<[], TagRow>('SELECT * FROM tag ORDER BY name').all().map(toTag)
}

export function findTag(db: Database.Database, name: string): Tag | undefined {
  const row = db.prepare<[string], TagRow>('SELECT * FROM tag WHERE name = ?').get(name)
  return row && toTag(row)
}

/** @throws RegisterError not_found */
export function requireTag(db: Database.Database, name: string): Tag {
  const tag = findTag(db, name)
  if (!tag) throw new RegisterError('not_found', 'there is no such tag: define it first')
  return tag
}

/** What carries a tag or carried it, in the order in which it came. */
export function listTagged(db: Database.Database, tag: string): readonly TaggedObject[] {
  return db.prepare<[string], TaggedRow>('SELECT * FROM tagged WHERE tag = ? ORDER BY id').all(tag).map(toTagged)
}

/** Makes a tag, or changes what it allows. @throws RegisterError invalid, conflict: a dataset is called so */
export function defineTag(value: unknown, objects: NodeObjects): Changing<Tag> {
  const input = parseInput<Tag>('tag', checkTag, value)
  const { name, dac, purposes, highestLevel } = input
  const to = toMoment('tag: to', input.to, 'to')
  return (db, { by, at }) => {
    // Visas say "tag or dataset" in one place.
    if (objects.controllerOf(name) !== undefined) {
      throw new RegisterError('conflict', `there is a dataset ${name}: call the tag something else`)
    }
    const before = findTag(db, name)
    db.prepare(
      `INSERT INTO tag VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET dac = excluded.dac,
       purposes = excluded.purposes, highest_level = excluded.highest_level, valid_to = excluded.valid_to,
       changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
    ).run(name, dac, JSON.stringify(purposes), highestLevel, to, by, at)
    const tag = requireTag(db, name)
    return { event: 'tag.change', details: { what: 'tag.define', tag, ...(before ? { before } : {}) }, result: tag }
  }
}

interface Place {
  readonly kind: ObjectKind
  readonly object: string
  /** What records call it: people by pseudonym. */
  readonly shown: string
}

/** @throws RegisterError not_found: without the name, which may be a personal one */
function toPlaces(
  { datasets = [], individuals = [], files = [] }: TagObjectsInput,
  objects: NodeObjects,
): readonly Place[] {
  const people = objects.findIndividuals(individuals).map((person): Place => {
    if (!person) throw new RegisterError('not_found', 'there is no individual with that name or pseudonym')
    return { kind: 'individual', object: String(person.number), shown: person.pseudonym }
  })
  const named = (['dataset', 'file'] as const).flatMap((kind) =>
    (kind === 'dataset' ? datasets : files).map((id): Place => ({ kind, object: id, shown: id })),
  )
  if (people.length + named.length === 0) {
    throw new RegisterError('invalid', 'say what carries the tag: datasets, individuals or files')
  }
  return [...named, ...people]
}

/** @throws RegisterError not_found; conflict: of another controller than the decision's */
function checkController({ kind, object }: Place, controller: string, objects: NodeObjects): void {
  if (kind === 'individual') return
  const dataset = kind === 'file' ? objects.datasetOfFile(object) : object
  const responsible = dataset === undefined ? undefined : objects.controllerOf(dataset)
  if (responsible === undefined) throw new RegisterError('not_found', `there is no ${kind} ${object}`)
  if (responsible !== controller) {
    throw new RegisterError(
      'conflict',
      `${responsible} is responsible for ${kind} ${object}, and ${controller} decided`,
    )
  }
}

function toShown(places: readonly Place[]): readonly { readonly kind: ObjectKind; readonly object: string }[] {
  return places.map(({ kind, shown }) => ({ kind, object: shown }))
}

function parseObjects(value: unknown): TagObjectsInput {
  checkInput('tag', checkObjects, value)
  // How the laboratory calls people stays in this process, whatever it calls them.
  const { individuals: _, ...shown } = value as TagObjectsInput
  refusePersonalNumbers('tag', shown)
  return value as TagObjectsInput
}

/**
 * Releases objects under a tag: whoever has a grant on it may use them.
 *
 * @returns how many did not carry it yet
 * @throws RegisterError invalid, not_found, conflict: not by this decision
 */
export function addTagged(value: unknown, objects: NodeObjects): Changing<number> {
  const input = parseObjects(value)
  const { tag, decision: decisionId } = input
  if (decisionId === undefined) throw new RegisterError('invalid', 'name the decision by which they are released')
  return (db, { by, at }) => {
    requireTag(db, tag)
    const decision = requireDecision(db, decisionId)
    const { controller } = decision
    if (decision.outcome !== 'approve') throw new RegisterError('conflict', `${decisionId} is a refusal`)
    if (!decision.grantedTags.includes(tag))
      throw new RegisterError('conflict', `${decisionId} is not about tag ${tag}`)
    const from = input.from === undefined ? at : toMoment('tag: from', input.from, 'from')
    const to = input.to === undefined ? undefined : toMoment('tag: to', input.to, 'to')
    if (to !== undefined && to <= from) throw new RegisterError('invalid', 'tag: it ends before it begins')
    const places = toPlaces(input, objects)
    for (const place of places) checkController(place, controller, objects)
    const isActive = db.prepare<[string, string, string, string, string]>(
      `SELECT 1 FROM tagged WHERE tag = ? AND kind = ? AND object = ? AND controller = ? AND removed_at IS NULL
       AND (valid_to IS NULL OR valid_to > ?)`,
    )
    const put = db.prepare(
      `INSERT INTO tagged (tag, kind, object, controller, decision, valid_from, valid_to, added_by, added_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    const fresh = places.filter(({ kind, object }) => isActive.get(tag, kind, object, controller, at) === undefined)
    for (const { kind, object } of fresh) {
      put.run(tag, kind, object, controller, parseId('D', decisionId)!, from, to ?? null, by, at)
    }
    const details = { what: 'tag.add', tag, decision: decisionId, controller, objects: toShown(fresh), from, to }
    return { event: 'tag.change', details, result: fresh.length }
  }
}

/**
 * Takes a tag from objects, whoever decided on it: at the next request nobody has them by this tag.
 *
 * @returns how many lost it
 * @throws RegisterError invalid, not_found: one of them does not carry it
 */
export function removeTagged(value: unknown, objects: NodeObjects): Changing<number> {
  const input = parseObjects(value)
  return (db, { by, at }) => {
    requireTag(db, input.tag)
    const places = toPlaces(input, objects)
    const end = db.prepare(
      'UPDATE tagged SET removed_by = ?, removed_at = ? WHERE tag = ? AND kind = ? AND object = ? AND removed_at IS NULL',
    )
    for (const { kind, object } of places) {
      if (end.run(by, at, input.tag, kind, object).changes > 0) continue
      const what = kind === 'individual' ? 'one of the individuals' : `${kind} ${object}`
      throw new RegisterError('not_found', `${what} does not carry the tag ${input.tag}`)
    }
    const details = { what: 'tag.remove', tag: input.tag, objects: toShown(places) }
    return { event: 'tag.change', details, result: places.length }
  }
}

/** Whether anything of a dataset of this name is released as a whole, or was and was never ended. */
export function isReleased(db: Database.Database, datasetId: string): boolean {
  const find = db.prepare<[string, string]>(
    `SELECT 1 FROM tagged WHERE kind = 'dataset' AND object = ? AND removed_at IS NULL
     UNION ALL SELECT 1 FROM access_grant WHERE dataset = ? AND revoked_at IS NULL`,
  )
  return find.get(datasetId, datasetId) !== undefined
}

/**
 * Ends what was released of a dataset, so that another one of the same name begins with nothing.
 *
 * @returns how many tags and grants it had
 */
export function endDataset(id: string): Changing<number> {
  return (db, { by, at }) => {
    const tagged = db
      .prepare(
        "UPDATE tagged SET removed_by = ?, removed_at = ? WHERE kind = 'dataset' AND object = ? AND removed_at IS NULL",
      )
      .run(by, at, id)
    const grants = db
      .prepare(
        "UPDATE access_grant SET revoked_by = ?, revoked_at = ?, revoke_reason = 'the dataset was made anew' WHERE dataset = ? AND revoked_at IS NULL",
      )
      .run(by, at, id)
    const result = tagged.changes + grants.changes
    return { event: 'tag.change', details: { what: 'dataset.end', dataset: id }, result }
  }
}
