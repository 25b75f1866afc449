import { storeFiles } from '../../files/change-files.js'
import { openIndividuals } from '../../metadata/individuals.js'
import { createNodeFixture, type NodeFixture } from '../../testing/node-fixture.js'
import { changeAccess, type AccessChanges } from '../register/change-access.js'
import { openAccessRules, type OpenAccessRules } from '../register/open-access-rules.js'
import type { ChangeEvent } from '../../audit/audit-record.js'

export const BROKER = 'https://broker.invalid/oidc'
export const PI = { iss: BROKER, sub: 'u-pi' }
export const PROJECT = 'urn:ngp:project:2026-017'
export const TAG = 'Gemensamt.Hematologi'
export const NORR = 'Region Test'
export const SYD = 'Region Syd'
/** The clock of the world when it begins. */
export const START = new Date('2026-03-01T12:00:00.000Z')

export interface Recorded {
  readonly event: ChangeEvent
  readonly details: Readonly<Record<string, unknown>>
}

/** A node of two controllers, with people, a file, and a register that is empty but for a project and a tag. */
export interface RegisterWorld {
  readonly fixture: NodeFixture
  readonly changes: AccessChanges
  readonly rules: OpenAccessRules
  readonly recorded: readonly Recorded[]
  /** The next changes cannot be put on record. */
  failRecording(fails: boolean): void
  now(): Date
  setNow(at: string): void
  /** An application that was submitted. @returns its id */
  apply(wants: readonly object[], controller?: string): Promise<string>
  /** Applies and approves. @returns ids of the decision and of the grants */
  grant(
    wants: readonly object[],
    approval?: object,
    controller?: string,
  ): Promise<{ readonly decision: string; readonly grants: readonly string[] }>
  close(): Promise<void>
}

export const APPROVAL = {
  outcome: 'approve',
  by: ['Anna Andersson', 'Bo Berg'],
  diaryNumber: 'HSN 2026-100',
  responsibleBody: 'Karolinska Institutet',
  ethics: { to: '2027-12-31' },
  legalBasis: 'research',
  secrecyReview: 'No harm to patients (OSL 25:1)',
  audience: { kind: 'national' },
}

export const REFUSAL = {
  outcome: 'reject',
  by: ['Anna Andersson', 'Bo Berg'],
  diaryNumber: 'HSN 2026-101',
  reasons: ['The ethics approval is of another disease'],
  appeal: 'To the administrative court of appeal, within three weeks',
}

export async function createRegisterWorld(): Promise<RegisterWorld> {
  const fixture = createNodeFixture()
  const { directory } = fixture
  let at = START
  let fails = false
  const recorded: Recorded[] = []
  fixture.addDataset('norr', { access: 'controlled' })
  fixture.addDataset('norr2', { access: 'controlled' })
  fixture.addDataset('syd', { access: 'controlled', controller: SYD })
  const people = openIndividuals(directory)
  people.store(people.identify(['a', 'b', 'c']))
  people.close()
  for (const dataset of ['norr', 'syd']) {
    storeFiles(directory, [
      {
        id: `${dataset}/reads`,
        datasetId: dataset,
        kind: 'reads',
        format: 'BAM',
        isEncrypted: false,
        location: `/nowhere/${dataset}.bam`,
        size: 1,
        version: '1',
        indexLocation: `/nowhere/${dataset}.bam.bai`,
        people: [{ sample: 'a', individual: 1 }],
        addDateTime: START.toISOString(),
      },
    ])
  }
  const now = () => at
  const changes = changeAccess(directory, {
    organization: NORR,
    now,
    record: async (event, details) => {
      if (fails) throw new Error('the disk is full')
      recorded.push({ event, details })
    },
  })
  const rules = openAccessRules(directory, { now })
  const project = { id: PROJECT, title: 'Blood', principalInvestigator: PI, ethicsNumber: '2025-01234-01' }
  await changes.addProject({ ...project, purposes: ['HRESCH', 'TREAT'], from: '2026-01-01', to: '2028-12-31' }, 'admin')
  const tag = { name: TAG, dac: 'https://dac.invalid/hemat', purposes: ['HRESCH'], highestLevel: 'file' }
  await changes.defineTag({ ...tag, to: '2030-12-31' }, 'admin')

  async function apply(wants: readonly object[], controller = NORR): Promise<string> {
    const { id } = await changes.addApplication({ project: PROJECT, controller, wants }, 'admin')
    await changes.moveApplication(id, 'submitted', 'admin')
    return id
  }

  return {
    fixture,
    changes,
    rules,
    recorded,
    failRecording: (value) => void (fails = value),
    now,
    setNow: (text) => void (at = new Date(text)),
    apply,
    async grant(wants, approval = {}, controller = NORR) {
      const id = await apply(wants, controller)
      const { decision, grants } = await changes.addDecision(id, { ...APPROVAL, ...approval }, 'admin')
      return { decision: decision.id, grants }
    },
    async close() {
      changes.close()
      rules.close()
      await fixture.remove()
    },
  }
}
