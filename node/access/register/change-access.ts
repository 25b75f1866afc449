import type { AccessConfig } from '../../../schemas/index.js'
import type { RecordChange } from '../../audit/change-log.js'
import { nameAudience, whyNobody } from '../audiences.js'
import type { Audience } from '../rules.js'
import { addApplication, changeWants, listApplications, moveApplication, requireApplication } from './applications.js'
import { listDecisions } from './decision-rows.js'
import { addDecision, type Decided } from './decisions.js'
import { listGrants, revokeGrant } from './grant-rows.js'
import { openNodeObjects } from './node-objects.js'
import { listPauses, pause, resume } from './pauses.js'
import {
  addMember,
  addProject,
  closeProject,
  listMembers,
  listProjects,
  removeMember,
  requireProject,
} from './projects.js'
import { confirmProposal, listProposals, proposeDecision, withdrawProposal } from './proposals.js'
import { openRegister } from './register-database.js'
import type { ApplicationState, Proposal, TaggedObject } from './register-types.js'
import { createChangeRunner } from './run-change.js'
import { addTagged, defineTag, endDataset, isReleased, listTagged, listTags, removeTagged, requireTag } from './tags.js'
import { listUnservedGrants } from './unserved-grants.js'

export interface ChangeAccessOptions {
  /** Name of the node's organization: the controller of an application that names none. */
  readonly organization: string
  /** `access` of `node.yaml`; absent: there is none. */
  readonly access?: AccessConfig | undefined
  readonly record: RecordChange
  readonly now: () => Date
}

/** What is made, and what whoever made it should know. */
export type WithWarnings<T> = T & { readonly warnings?: readonly string[] }

/** A tagged object as it is shown: people by pseudonym. */
export type ShownTagged = Omit<TaggedObject, 'object'> & { readonly object: string }

/**
 * Opens the register of access for reading all of it and changing it. Values come as they were sent: each change checks its own.
 * Every change names who makes it, and rejects with a RegisterError when it is not taken.
 */
export function changeAccess(directory: string, { organization, access, record, now }: ChangeAccessOptions) {
  const db = openRegister(directory)
  const objects = openNodeObjects(directory)
  const run = createChangeRunner(db, record, now)

  /** Says what of an approval could serve nobody. */
  function warn<T extends object>(made: T, { audience }: { readonly audience?: Audience }): WithWarnings<T> {
    const reason = audience && whyNobody(audience, access)
    return reason === undefined
      ? made
      : { ...made, warnings: [`nobody can be of audience ${nameAudience(audience!)}: ${reason}`] }
  }

  return {
    projects: () => listProjects(db),
    /** @throws RegisterError not_found */
    project: (id: string) => ({
      ...requireProject(db, id),
      members: listMembers(db, id),
      applications: listApplications(db).filter(({ project }) => project === id),
      grants: listGrants(db, id),
    }),
    tags: () => listTags(db),
    /** @throws RegisterError not_found */
    tag(name: string) {
      const tag = requireTag(db, name)
      const tagged = listTagged(db, name)
      const numbers = tagged.filter(({ kind }) => kind === 'individual').map(({ object }) => Number(object))
      const pseudonyms = objects.pseudonymsOf(numbers)
      const shown = tagged.map((one): ShownTagged => {
        return one.kind === 'individual' ? { ...one, object: pseudonyms.get(Number(one.object)) ?? '(removed)' } : one
      })
      return { ...tag, objects: shown }
    },
    applications: () => listApplications(db),
    /** @throws RegisterError not_found */
    application: (id: string) => ({
      ...requireApplication(db, id),
      decisions: listDecisions(db, id),
      proposals: listProposals(db, id),
    }),
    /** Whether anything of a dataset of this name is released as a whole. */
    isReleased: (datasetId: string) => isReleased(db, datasetId),
    grants: (project?: string) => listGrants(db, project),
    /** Proposals that wait to be confirmed. */
    openProposals: () => listProposals(db).filter(({ ended }) => !ended),
    /** Grants in force whose audience nobody can be of. */
    unservedGrants: () => listUnservedGrants(db, access, now().toISOString()),
    pauses: () => listPauses(db),

    addProject: async (value: unknown, by: string) => run(by, addProject(value)),
    closeProject: async (id: string, by: string) => run(by, closeProject(id)),
    addMember: async (project: string, value: unknown, by: string) => run(by, addMember(project, value)),
    removeMember: async (project: string, value: unknown, by: string) => run(by, removeMember(project, value)),
    defineTag: async (value: unknown, by: string) => run(by, defineTag(value, objects)),
    addTagged: async (value: unknown, by: string) => run(by, addTagged(value, objects)),
    removeTagged: async (value: unknown, by: string) => run(by, removeTagged(value, objects)),
    endDataset: async (id: string, by: string) => run(by, endDataset(id)),
    addApplication: async (value: unknown, by: string) => run(by, addApplication(value, organization, objects)),
    changeWants: async (id: string, wants: unknown, by: string) => run(by, changeWants(id, wants, objects)),
    moveApplication: async (id: string, to: ApplicationState, by: string, note?: string) =>
      run(by, moveApplication(id, to, note)),
    async addDecision(application: string, value: unknown, by: string): Promise<WithWarnings<Decided>> {
      const made = await run(by, addDecision(application, value))
      return warn(made, made.decision as { readonly audience?: Audience })
    },
    async proposeDecision(application: string, value: unknown, by: string): Promise<WithWarnings<Proposal>> {
      const made = await run(by, proposeDecision(application, value))
      return warn(made, made.decision as { readonly audience?: Audience })
    },
    async confirmProposal(id: string, by: string, isKnown: (by: string) => boolean): Promise<WithWarnings<Decided>> {
      const made = await run(by, confirmProposal(id, isKnown))
      return warn(made, made.decision as { readonly audience?: Audience })
    },
    withdrawProposal: async (id: string, by: string, note?: string) => run(by, withdrawProposal(id, note)),
    revokeGrant: async (id: string, reason: string, by: string) => run(by, revokeGrant(id, reason)),
    pause: async (scope: unknown, reason: string, by: string) => run(by, pause(scope, reason, objects)),
    resume: async (scope: unknown, reason: string, by: string) => run(by, resume(scope, reason)),
    close(): void {
      db.close()
    },
  }
}

export type AccessChanges = ReturnType<typeof changeAccess>
