import * as t from './terms.js'

const KARYOTYPIC_SEXES = [
  ...['UNKNOWN_KARYOTYPE', 'XX', 'XY', 'XO', 'XXY', 'XXX', 'XXYY', 'XXXY', 'XXXX', 'XYY'],
  'OTHER_KARYOTYPE',
] as const

const exposure = t.object(['exposureCode', 'ageAtExposure', 'unit', 'duration'], {
  exposureCode: t.term,
  ageAtExposure: t.age,
  unit: t.term,
  duration: t.isoDuration,
  value: t.number,
  date: t.date,
})

const doseInterval = t.object(['quantity', 'interval', 'scheduleFrequency'], {
  quantity: t.quantity,
  interval: t.object(['start', 'end'], { start: t.dateTime, end: t.dateTime }),
  scheduleFrequency: t.term,
})

const treatment = t.object(['treatmentCode'], {
  treatmentCode: t.term,
  ageAtOnset: t.age,
  routeOfAdministration: t.term,
  cumulativeDose: t.quantity,
  doseIntervals: t.list(doseInterval),
})

const pedigree = t.object(['id', 'disease', 'members'], {
  id: t.text,
  disease: t.disease,
  members: t.list(t.object(['memberId', 'role', 'affected'], { memberId: t.text, role: t.term, affected: t.flag }), {
    minItems: 1,
  }),
  numSubjects: t.integer,
})

export const individual = t.object(['id', 'sex'], {
  id: t.text,
  sex: t.term,
  karyotypicSex: { enum: KARYOTYPIC_SEXES },
  ethnicity: t.term,
  geographicOrigin: t.term,
  diseases: t.list(t.disease),
  phenotypicFeatures: t.list(t.phenotypicFeature),
  measures: t.list(t.measurement),
  exposures: t.list(exposure),
  interventionsOrProcedures: t.list(t.procedure),
  treatments: t.list(treatment),
  pedigrees: t.list(pedigree),
  info: { type: 'object' },
})

export const biosample = t.object(['id', 'biosampleStatus', 'sampleOriginType'], {
  id: t.text,
  individualId: t.text,
  biosampleStatus: t.term,
  sampleOriginType: t.term,
  sampleOriginDetail: t.term,
  collectionDate: t.date,
  collectionMoment: t.isoDuration,
  obtentionProcedure: t.procedure,
  tumorProgression: t.term,
  tumorGrade: t.term,
  pathologicalStage: t.term,
  pathologicalTnmFinding: t.list(t.term),
  histologicalDiagnosis: t.term,
  diagnosticMarkers: t.list(t.term),
  phenotypicFeatures: t.list(t.phenotypicFeature),
  measurements: t.list(t.measurement),
  sampleProcessing: t.term,
  sampleStorage: t.term,
  notes: t.text,
  info: { type: 'object' },
})

export const run = t.object(['id', 'biosampleId', 'runDate'], {
  id: t.text,
  biosampleId: t.text,
  individualId: t.text,
  runDate: t.date,
  librarySource: t.term,
  librarySelection: t.text,
  libraryStrategy: t.text,
  libraryLayout: { enum: ['PAIRED', 'SINGLE'] },
  platform: t.text,
  platformModel: t.term,
  info: { type: 'object' },
})

export const analysis = t.object(['id', 'analysisDate', 'pipelineName'], {
  id: t.text,
  runId: t.text,
  biosampleId: t.text,
  individualId: t.text,
  analysisDate: t.date,
  pipelineName: t.text,
  pipelineRef: t.text,
  aligner: t.text,
  variantCaller: t.text,
  info: { type: 'object' },
})
