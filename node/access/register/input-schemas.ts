import { ASSEMBLY_IDS, closed, compileSchema, type AssemblyId, type JsonSchema } from '../../../schemas/index.js'
import { DATASET_ID } from '../../variants/dataset-manifest.js'
import { PURPOSES } from '../caller.js'
import { GRANT_LEVELS } from '../rules.js'
import type { Approval, Refusal, Want } from './register-types.js'
import { LEGAL_BASES } from './register-types.js'

/** Much more than anybody writes, and little enough for a row. */
const LONGEST_TEXT = 4_000
/** Visas name it in `source`, which may not be longer (GA4GH Passport v1.2). */
const LONGEST_DAC = 255
const MOST_WANTS = 100
const MOST_REGIONS = 10_000

const line = {
  type: 'string',
  minLength: 1,
  maxLength: 300,
  pattern: String.raw`^[^\u0000-\u001f\u007f]*\S[^\u0000-\u001f\u007f]*$`,
}
const prose = { type: 'string', minLength: 1, maxLength: LONGEST_TEXT, pattern: String.raw`\S` }
const date = { type: 'string', maxLength: 40 }
const tagName = { type: 'string', pattern: DATASET_ID.source }
const purposes = { type: 'array', items: { enum: PURPOSES }, minItems: 1, uniqueItems: true }
const shape = (required: readonly string[], properties: JsonSchema): JsonSchema => ({
  type: 'object',
  required,
  properties,
  ...closed,
})
const identity = shape(['iss', 'sub'], { iss: line, sub: line })

/** A stretch of the genome as people write it: 0-based, half-open, as in a BED file. */
export interface RegionInput {
  readonly assembly: AssemblyId
  readonly referenceName: string
  readonly start: number
  readonly end: number
}
export type WantInput = Omit<Want, 'regions'> & { readonly regions?: readonly RegionInput[] }
export type ApprovalInput = Omit<Approval, 'wants' | 'ethics'> & {
  readonly wants?: readonly WantInput[]
  /** Without a number: that of the project. */
  readonly ethics?: Omit<NonNullable<Approval['ethics']>, 'number'> & { readonly number?: string }
}
export type DecisionInput = ApprovalInput | Refusal

const region = shape(['assembly', 'referenceName', 'start', 'end'], {
  assembly: { enum: ASSEMBLY_IDS },
  referenceName: line,
  start: { type: 'integer', minimum: 0 },
  end: { type: 'integer', minimum: 1 },
})
const want = {
  ...shape(['level'], {
    tag: tagName,
    dataset: { type: 'string', pattern: DATASET_ID.source },
    level: { enum: GRANT_LEVELS },
    regions: { type: 'array', items: region, minItems: 1, maxItems: MOST_REGIONS },
  }),
}
export const wantsSchema = { type: 'array', items: want, minItems: 1, maxItems: MOST_WANTS }

export const checkBy = compileSchema(line)
export const checkProse = compileSchema(prose)

export const checkProject = compileSchema(
  shape(['id', 'title', 'principalInvestigator', 'purposes', 'from', 'to'], {
    // RFC 8141, and short enough for a header.
    id: { type: 'string', pattern: String.raw`^urn:[a-z0-9][a-z0-9-]{1,31}:[A-Za-z0-9()+,.:=@;$_!*'/-]{1,200}$` },
    title: line,
    principalInvestigator: identity,
    ethicsNumber: line,
    purposes,
    duo: { type: 'array', items: { type: 'string', pattern: String.raw`^DUO:\d{7}$` }, uniqueItems: true },
    from: date,
    to: date,
  }),
)

export const checkMember = compileSchema(
  shape(['iss', 'sub'], {
    iss: line,
    sub: line,
    role: { enum: ['principal-investigator', 'member'] },
    from: date,
    to: date,
  }),
)

export const checkIdentity = compileSchema(identity)

export const checkTag = compileSchema(
  shape(['name', 'dac', 'purposes', 'highestLevel', 'to'], {
    name: tagName,
    dac: { ...line, maxLength: LONGEST_DAC },
    purposes,
    highestLevel: { enum: GRANT_LEVELS },
    to: date,
  }),
)

const ids = { type: 'array', items: line, uniqueItems: true }
export const checkObjects = compileSchema(
  shape(['tag'], {
    tag: tagName,
    datasets: ids,
    individuals: { type: 'array', items: line, uniqueItems: true },
    files: ids,
    decision: line,
    from: date,
    to: date,
  }),
)

export const checkApplication = compileSchema(
  shape(['project', 'wants'], { project: line, controller: line, wants: wantsSchema, note: prose }),
)
export const checkWants = compileSchema(wantsSchema)

const deciders = { type: 'array', items: line, minItems: 1, maxItems: 20 }
const head = { by: deciders, diaryNumber: line }

export const checkApproval = compileSchema(
  shape(['outcome', 'by', 'diaryNumber', 'responsibleBody', 'legalBasis', 'secrecyReview', 'audience'], {
    ...head,
    outcome: { const: 'approve' },
    responsibleBody: line,
    ethics: shape(['to'], {
      number: line,
      authority: line,
      amendments: { type: 'array', items: shape(['number'], { number: line, date }) },
      from: date,
      to: date,
    }),
    legalBasis: { enum: LEGAL_BASES },
    secrecyReview: prose,
    reservations: { type: 'array', items: prose },
    biobankAgreement: line,
    antalsberakning: shape(['requestingResearcher', 'plannedStudy', 'criteria'], {
      requestingResearcher: line,
      plannedStudy: prose,
      criteria: prose,
    }),
    waivesConsent: { type: 'boolean' },
    ehdsPermitAt: date,
    audience: {
      oneOf: [
        shape(['kind'], { kind: { enum: ['region', 'national', 'EEA'] } }),
        shape(['kind', 'network'], { kind: { const: 'network' }, network: line }),
      ],
    },
    deliverTo: {
      type: 'array',
      minItems: 1,
      items: {
        oneOf: [
          shape(['kind', 'publicKey'], { kind: { const: 'crypt4gh' }, publicKey: { type: 'string', maxLength: 400 } }),
          shape(['kind', 'client'], { kind: { const: 'client' }, client: line }),
        ],
      },
    },
    wants: wantsSchema,
    purposes,
    from: date,
    to: date,
    conditions: prose,
  }),
)

export const checkRefusal = compileSchema(
  shape(['outcome', 'by', 'diaryNumber', 'reasons', 'appeal'], {
    ...head,
    outcome: { const: 'reject' },
    reasons: { type: 'array', items: prose, minItems: 1 },
    appeal: prose,
  }),
)

export const checkPause = compileSchema(
  shape(['scope'], { scope: { enum: ['network', 'controller', 'dataset'] }, name: line }),
)
