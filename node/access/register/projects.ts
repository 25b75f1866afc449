import type Database from 'better-sqlite3'
import type { Purpose } from '../caller.js'
import { checkIdentity, checkMember, checkProject } from './input-schemas.js'
import { parseInput, toMoment, toPeriod } from './parse-input.js'
import { RegisterError } from './register-error.js'
import type { Identity, Member, MemberRole, Project } from './register-types.js'
import type { Changing } from './run-change.js'

export type ProjectInput = Omit<Project, 'closed' | 'duo'> & { readonly duo?: readonly string[] }
export type MemberInput = Identity & { readonly role?: MemberRole; readonly from?: string; readonly to?: string }

interface ProjectRow {
  readonly id: string
  readonly title: string
  readonly iss: string
  readonly sub: string
  readonly ethics_number: string | null
  readonly purposes: string
  readonly duo: string
  readonly valid_from: string
  readonly valid_to: string
  readonly closed_by: string | null
  readonly closed_at: string | null
}

interface MemberRow {
  readonly id: number
  readonly project: string
  readonly iss: string
  readonly sub: string
  readonly role: MemberRole
  readonly valid_from: string
  readonly valid_to: string | null
  readonly removed_by: string | null
  readonly removed_at: string | null
}

function toProject(row: ProjectRow): Project {
  return {
    id: row.id,
    title: row.title,
    principalInvestigator: { iss: row.iss, sub: row.sub },
    ...(row.ethics_number === null ? {} : { ethicsNumber: row.ethics_number }),
    purposes: JSON.parse(row.purposes) as Purpose[],
    duo: JSON.parse(row.duo) as string[],
    from: row.valid_from,
    to: row.valid_to,
    ...(row.closed_at === null ? {} : { closed: { by: row.closed_by!, at: row.closed_at } }),
  }
}

function toMember(row: MemberRow): Member {
  return {
    id: row.id,
    project: row.project,
    iss: row.iss,
    sub: row.sub,
    role: row.role,
    from: row.valid_from,
    ...(row.valid_to === null ? {} : { to: row.valid_to }),
    ...(row.removed_at === null ? {} : { removed: { by: row.removed_by!, at: row.removed_at } }),
  }
}

export function listProjects(db: Database.Database): readonly Project[] {
  return db.prepare<[], ProjectRow>('SELECT * FROM project ORDER BY id').all().map(toProject)
}

export function findProject(db: Database.Database, id: string): Project | undefined {
  const row = db.prepare<[string], ProjectRow>('SELECT * FROM project WHERE id = ?').get(id)
  return row && toProject(row)
}

/** @throws RegisterError not_found */
export function requireProject(db: Database.Database, id: string): Project {
  const project = findProject(db, id)
  if (!project) throw new RegisterError('not_found', 'there is no such project')
  return project
}

/** Members of a project, former ones too, in the order in which they came. */
export function listMembers(db: Database.Database, project: string): readonly Member[] {
  return db
    .prepare<[string], MemberRow>('SELECT * FROM member WHERE project = ? ORDER BY id')
    .all(project)
    .map(toMember)
}

/** Every membership of somebody, former ones too. */
export function listMemberships(db: Database.Database, { iss, sub }: Identity): readonly Member[] {
  const rows = db.prepare<[string, string], MemberRow>('SELECT * FROM member WHERE sub = ? AND iss = ? ORDER BY id')
  return rows.all(sub, iss).map(toMember)
}

function insertMember(
  db: Database.Database,
  project: string,
  member: Omit<Member, 'id' | 'project'>,
  by: string,
  at: string,
) {
  const { iss, sub, role, from, to } = member
  return db
    .prepare(
      'INSERT INTO member (project, iss, sub, role, valid_from, valid_to, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(project, iss, sub, role, from, to ?? null, by, at).lastInsertRowid
}

/** Its principal investigator is its first member. @throws RegisterError invalid, conflict */
export function addProject(value: unknown): Changing<Project> {
  const input = parseInput<ProjectInput>('project', checkProject, value)
  const { id, title, principalInvestigator, ethicsNumber, purposes, duo = [] } = input
  const { from, to } = toPeriod('project', input.from, input.to)
  return (db, { by, at }) => {
    if (findProject(db, id)) throw new RegisterError('conflict', `there is a project ${id} already`)
    const { iss, sub } = principalInvestigator
    db.prepare('INSERT INTO project VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)').run(
      ...[id, title, iss, sub, ethicsNumber ?? null, JSON.stringify(purposes), JSON.stringify(duo), from, to, by, at],
    )
    insertMember(db, id, { iss, sub, role: 'principal-investigator', from }, by, at)
    const details = { what: 'project.add', project: id, ethicsNumber, purposes, from, to, principalInvestigator }
    return { event: 'project.change', details, result: requireProject(db, id) }
  }
}

/** Ends a project now: its grants are in force no more. @throws RegisterError not_found, conflict */
export function closeProject(id: string): Changing<Project> {
  return (db, { by, at }) => {
    if (requireProject(db, id).closed) throw new RegisterError('conflict', `project ${id} is closed already`)
    db.prepare('UPDATE project SET closed_by = ?, closed_at = ? WHERE id = ?').run(by, at, id)
    return { event: 'project.change', details: { what: 'project.close', project: id }, result: requireProject(db, id) }
  }
}

function isSame(a: Identity, b: Identity): boolean {
  return a.iss === b.iss && a.sub === b.sub
}

/** @throws RegisterError invalid, not_found, conflict: a member already */
export function addMember(project: string, value: unknown): Changing<Member> {
  const input = parseInput<MemberInput>('member', checkMember, value)
  const { iss, sub, role = 'member' } = input
  const to = input.to === undefined ? undefined : toMoment('member: to', input.to, 'to')
  return (db, { by, at }) => {
    if (requireProject(db, project).closed) throw new RegisterError('conflict', `project ${project} is closed`)
    const from = input.from === undefined ? at : toMoment('member: from', input.from, 'from')
    if (to !== undefined && to <= from) throw new RegisterError('invalid', 'member: it ends before it begins')
    const isMember = (known: Member) =>
      isSame(known, input) && !known.removed && (known.to === undefined || known.to > at)
    if (listMembers(db, project).some(isMember)) {
      throw new RegisterError('conflict', 'this person is a member of the project already')
    }
    const id = Number(insertMember(db, project, { iss, sub, role, from, ...(to === undefined ? {} : { to }) }, by, at))
    const result = listMembers(db, project).find((member) => member.id === id)!
    return { event: 'project.change', details: { what: 'member.add', ...result }, result }
  }
}

/** @throws RegisterError invalid, not_found: no such project, or nobody who is a member of it */
export function removeMember(project: string, value: unknown): Changing<Member> {
  const identity = parseInput<Identity>('member', checkIdentity, value)
  return (db, { by, at }) => {
    requireProject(db, project)
    const member = listMembers(db, project).find((known) => isSame(known, identity) && !known.removed)
    if (!member) throw new RegisterError('not_found', 'this person is no member of the project')
    db.prepare(
      'UPDATE member SET removed_by = ?, removed_at = ? WHERE project = ? AND iss = ? AND sub = ? AND removed_at IS NULL',
    ).run(by, at, project, member.iss, member.sub)
    const details = { what: 'member.remove', id: member.id, project, iss: member.iss, sub: member.sub }
    return { event: 'project.change', details, result: { ...member, removed: { by, at } } }
  }
}
