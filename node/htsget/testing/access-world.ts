import type { AudienceOrganisations } from '../../../schemas/index.js'
import { audiencesOf } from '../../access/audiences.js'
import type { Authenticate, Caller } from '../../access/caller.js'
import { PURPOSES } from '../../access/caller.js'
import { ANONYMOUS, type Person } from '../../access/person.js'
import type { AccessRules, Consent, GrantInForce, Pause, Tagged } from '../../access/rules.js'
import { NodeError } from '../../errors.js'
import { Bitmap, EMPTY } from '../../variants/bitmap.js'

/** What a region has decided and people have said, in memory. Whatever is changed is seen by the next request. */
export interface AccessWorld {
  readonly authenticate: Authenticate
  readonly rules: AccessRules
  readonly consent: Consent
  /** By bearer token. */
  readonly people: Map<string, Person>
  readonly members: Map<string, Set<string>>
  readonly grants: GrantInForce[]
  readonly tags: Map<string, { datasets: string[]; individuals: number[]; files: string[] }>
  readonly pauses: Map<string, Pause>
  /** Who said no to research, and with a purpose alone those of whom nothing is known. */
  readonly denies: Set<number>
  readonly unknown: Set<number>
  readonly protected: Set<number>
  /** Organisations by territory, as `node.yaml` names them; undefined: it names none. */
  organisations: AudienceOrganisations | undefined
}

export const BROKER = 'https://broker.test'
const NOTHING: Tagged = { datasets: new Set(), individuals: EMPTY, files: new Set() }

export function createPerson(id: string, rest: Partial<Person> = {}): Person {
  const subject = { issuer: BROKER, id }
  const expires = 32_503_680_000
  return { kind: 'person', subject, subjects: [subject], visas: [], isRegistered: true, expires, ...rest }
}

export function createAccessWorld(): AccessWorld {
  const people = new Map<string, Person>()
  const members = new Map<string, Set<string>>()
  const grants: GrantInForce[] = []
  const tags: AccessWorld['tags'] = new Map()
  const pauses = new Map<string, Pause>()
  const [denies, unknown, protectedPeople] = [new Set<number>(), new Set<number>(), new Set<number>()]

  const world: AccessWorld = {
    people,
    members,
    grants,
    tags,
    pauses,
    denies,
    unknown,
    protected: protectedPeople,
    organisations: undefined,
    authenticate({ headers }) {
      const one = (name: string) => headers.get(name)?.[0]
      const token = /^Bearer (.+)$/.exec(one('authorization') ?? '')?.[1]
      const person = token === undefined ? undefined : people.get(token)
      if (headers.has('authorization') && !person) {
        return Promise.reject(new NodeError('unauthenticated', 'the token is not good'))
      }
      const purpose = PURPOSES.find((known) => known === one('ngp-purpose'))
      const project = one('ngp-project')
      const audiences = person && audiencesOf(person, world.organisations)
      const caller: Caller = {
        principal: person ?? ANONYMOUS,
        ...(audiences ? { audiences } : {}),
        ...(purpose ? { purpose } : {}),
        ...(project === undefined ? {} : { project }),
      }
      return Promise.resolve(caller)
    },
    rules: {
      grantsOf: (subjects, project) =>
        subjects.some(({ issuer, id }) => issuer === BROKER && members.get(project)?.has(id))
          ? grants.filter((grant) => grant.project === project)
          : [],
      tagged(tag) {
        const { datasets, individuals, files } = tags.get(tag) ?? { datasets: [], individuals: [], files: [] }
        return tags.has(tag)
          ? { datasets: new Set(datasets), individuals: new Bitmap(individuals), files: new Set(files) }
          : NOTHING
      },
      isReleased: (id) =>
        [...tags.values()].some(({ datasets }) => datasets.includes(id)) ||
        grants.some(({ scope }) => 'dataset' in scope && scope.dataset === id),
      pauseOf: (id, controller) => pauses.get('*') ?? pauses.get(`controller ${controller}`) ?? pauses.get(id),
      version: '1',
    },
    consent: {
      hiddenFrom: (purpose, grant) =>
        new Bitmap([...denies, ...(purpose === 'HRESCH' && grant?.waivesConsent === false ? unknown : [])]),
      protectedPeople: () => new Bitmap([...protectedPeople]),
      version: '1',
    },
  }
  return world
}
