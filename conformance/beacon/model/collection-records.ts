import * as t from './terms.js'

const duoTerm = t.object(['id', 'version'], {
  id: t.curie,
  label: t.text,
  version: t.text,
  modifiers: t.list(t.term),
})

export const dataset = t.object(['id', 'name'], {
  id: t.text,
  name: t.text,
  description: t.text,
  version: t.text,
  externalUrl: t.text,
  createDateTime: t.dateTime,
  updateDateTime: t.dateTime,
  dataUseConditions: t.object([], { duoDataUse: t.list(duoTerm, { minItems: 1 }) }),
  info: { type: 'object' },
})

const criteria = t.object([], {
  ageRange: t.object(['start', 'end'], { start: t.age, end: t.age }),
  genders: t.list(t.term),
  ethnicities: t.list(t.term),
  locations: t.list(t.term),
  diseaseConditions: t.list(t.disease),
  phenotypicConditions: t.list(t.phenotypicFeature),
})

/** eventGenders, eventDiseases…: how many of each, where it is known. */
const distribution = t.object(['availability'], {
  availability: t.flag,
  availabilityCount: t.integer,
  distribution: { type: 'object', additionalProperties: { type: 'object' } },
})

const collectionEvent = t.object([], {
  eventNum: t.integer,
  eventSize: t.integer,
  eventCases: t.integer,
  eventControls: t.integer,
  ...Object.fromEntries(
    ['Ages', 'DataTypes', 'Diseases', 'Ethnicities', 'Genders', 'Locations', 'Phenotypes'].map((name) => [
      `event${name}`,
      distribution,
    ]),
  ),
})

export const cohort = t.object(['id', 'name', 'cohortType'], {
  id: t.text,
  name: t.text,
  cohortType: { enum: ['study-defined', 'beacon-defined', 'user-defined'] },
  cohortSize: t.integer,
  cohortDesign: t.term,
  cohortDataTypes: t.list(t.term),
  inclusionCriteria: criteria,
  exclusionCriteria: criteria,
  collectionEvents: t.list(collectionEvent),
})
