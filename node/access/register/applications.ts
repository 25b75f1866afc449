import type Database from 'better-sqlite3'
import { isOpenForChange, mayMove } from './application-states.js'
import { endGrantsOf } from './grant-rows.js'
import { toGrantedRegions } from './granted-regions.js'
import { checkApplication, checkProse, checkWants, type WantInput } from './input-schemas.js'
import type { NodeObjects } from './node-objects.js'
import { parseInput } from './parse-input.js'
import { requireProject } from './projects.js'
import { parseId, toId } from './register-database.js'
import { RegisterError } from './register-error.js'
import type { Application, ApplicationState, Stamp, Want } from './register-types.js'
import type { Changing } from './run-change.js'
import { requireTag } from './tags.js'

export interface ApplicationInput {
  readonly project: string
  /** Default: the organization of the node. */
  readonly controller?: string
  readonly wants: readonly WantInput[]
  readonly note?: string
}

interface ApplicationRow {
  readonly id: number
  readonly project: string
  readonly controller: string
  readonly wants: string
  readonly state: ApplicationState
}

interface StepRow extends Stamp {
  readonly state: ApplicationState
  readonly note: string | null
}

function toApplication(db: Database.Database, row: ApplicationRow): Application {
  const steps = db.prepare<[number], StepRow>('SELECT * FROM application_step WHERE application = ? ORDER BY rowid')
  return {
    id: toId('A', row.id),
    project: row.project,
    controller: row.controller,
    wants: JSON.parse(row.wants) as Want[],
    state: row.state,
    steps: steps.all(row.id).map(({ state, by, at, note }) => ({ state, by, at, ...(note === null ? {} : { note }) })),
  }
}

export function listApplications(db: Database.Database): readonly Application[] {
  const rows = db.prepare<[], ApplicationRow>('SELECT * FROM application ORDER BY id').all()
  return rows.map((row) => toApplication(db, row))
}

/** @throws RegisterError not_found */
export function requireApplication(db: Database.Database, id: string): Application {
  const number = parseId('A', id)
  const find = db.prepare<[number], ApplicationRow>('SELECT * FROM application WHERE id = ?')
  const row = number === undefined ? undefined : find.get(number)
  if (!row) throw new RegisterError('not_found', 'there is no such application')
  return toApplication(db, row)
}

/** Turns wants as they were written into wants as they are kept. @throws RegisterError invalid: not of one thing */
export function toWants(wants: readonly WantInput[]): readonly Want[] {
  return wants.map(({ tag, dataset, level, regions }) => {
    if ((tag === undefined) === (dataset === undefined)) {
      throw new RegisterError('invalid', 'each want names a tag or a dataset, and not both')
    }
    return {
      ...(tag === undefined ? {} : { tag }),
      ...(dataset === undefined ? {} : { dataset }),
      level,
      ...(regions ? { regions: toGrantedRegions(regions) } : {}),
    }
  })
}

/** @throws RegisterError not_found; conflict: another controller is responsible */
function checkWanted(db: Database.Database, wants: readonly Want[], controller: string, objects: NodeObjects): void {
  for (const { tag, dataset } of wants) {
    if (tag !== undefined) requireTag(db, tag)
    if (dataset === undefined) continue
    const responsible = objects.controllerOf(dataset)
    if (responsible === undefined) throw new RegisterError('not_found', `there is no dataset ${dataset}`)
    if (responsible !== controller) {
      throw new RegisterError('conflict', `${responsible} is responsible for dataset ${dataset}, not ${controller}`)
    }
  }
}

export function addStep(db: Database.Database, id: string, state: ApplicationState, stamp: Stamp, note?: string): void {
  const number = parseId('A', id)!
  db.prepare('UPDATE application SET state = ? WHERE id = ?').run(state, number)
  db.prepare('INSERT INTO application_step VALUES (?, ?, ?, ?, ?)').run(number, state, note ?? null, stamp.by, stamp.at)
}

/** @throws RegisterError invalid, not_found, conflict: the project is closed, or somebody else is responsible */
export function addApplication(value: unknown, organization: string, objects: NodeObjects): Changing<Application> {
  const input = parseInput<ApplicationInput>('application', checkApplication, value)
  const { project, controller = organization, note } = input
  const wants = toWants(input.wants)
  return (db, stamp) => {
    if (requireProject(db, project).closed) throw new RegisterError('conflict', `project ${project} is closed`)
    if (controller !== organization && !objects.controllers().has(controller)) {
      throw new RegisterError('not_found', `${controller} is responsible for no dataset of this node`)
    }
    checkWanted(db, wants, controller, objects)
    const { lastInsertRowid } = db
      .prepare("INSERT INTO application (project, controller, wants, state) VALUES (?, ?, ?, 'draft')")
      .run(project, controller, JSON.stringify(wants))
    const id = toId('A', Number(lastInsertRowid))
    addStep(db, id, 'draft', stamp, note)
    const details = { what: 'application.add', application: id, project, controller, wants }
    return { event: 'application.change', details, result: requireApplication(db, id) }
  }
}

/** Asks for something else. @throws RegisterError invalid, not_found, conflict: it is being decided on, or was */
export function changeWants(id: string, value: unknown, objects: NodeObjects): Changing<Application> {
  const wants = toWants(parseInput<readonly WantInput[]>('wants', checkWants, value))
  return (db) => {
    const { state, controller } = requireApplication(db, id)
    if (!isOpenForChange(state)) throw new RegisterError('conflict', `${id} is ${state}: it can be changed no more`)
    checkWanted(db, wants, controller, objects)
    db.prepare('UPDATE application SET wants = ? WHERE id = ?').run(JSON.stringify(wants), parseId('A', id))
    const details = { what: 'application.change', application: id, wants }
    return { event: 'application.change', details, result: requireApplication(db, id) }
  }
}

/** States that need a decision, and not a word alone. */
const DECIDED: readonly ApplicationState[] = ['approved', 'rejected']

/** Moves an application on. One that ends takes its grants along. @throws RegisterError invalid, not_found, conflict */
export function moveApplication(id: string, to: ApplicationState, note?: string): Changing<Application> {
  if (note !== undefined) parseInput('note', checkProse, note)
  if (DECIDED.includes(to)) throw new RegisterError('invalid', 'approve or reject by a decision')
  if (to === 'returned' && note === undefined) {
    throw new RegisterError('invalid', 'say in a note why the application is returned')
  }
  return (db, stamp) => {
    const application = requireApplication(db, id)
    if (!mayMove(application.state, to)) {
      throw new RegisterError('conflict', `${id} is ${application.state}: it cannot become ${to}`)
    }
    addStep(db, id, to, stamp, note)
    if (application.state === 'approved') endGrantsOf(db, parseId('A', id)!, stamp, `application ${to}`)
    const details = { what: 'application.move', application: id, from: application.state, to }
    return { event: 'application.change', details, result: requireApplication(db, id) }
  }
}
