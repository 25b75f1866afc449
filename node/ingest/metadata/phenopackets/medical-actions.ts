import type { JsonObject } from '../source-record.js'
import { nonEmpty, readList, readMessage, toPart, toTerm, type Conversion, type MessageShape } from './conversion.js'
import { toProcedure } from './clinical-parts.js'

const ACTION: MessageShape = {
  name: 'MedicalAction',
  used: ['procedure', 'treatment', 'radiationTherapy', 'therapeuticRegimen'],
  unused: ['treatmentTarget', 'treatmentIntent', 'responseToTreatment', 'adverseEvents', 'treatmentTerminationReason'],
}
const TREATMENT: MessageShape = {
  name: 'Treatment',
  used: ['agent', 'routeOfAdministration', 'doseIntervals', 'cumulativeDose'],
  unused: ['drugType'],
}
const DOSE: MessageShape = { name: 'DoseInterval', used: ['quantity', 'scheduleFrequency', 'interval'] }
const RADIATION: MessageShape = {
  name: 'RadiationTherapy',
  used: ['modality', 'bodySite'],
  unused: ['dosage', 'fractions'],
}
const REGIMEN: MessageShape = {
  name: 'TherapeuticRegimen',
  used: ['ontologyClass', 'regimenStatus'],
  unused: ['externalReference', 'startTime', 'endTime'],
}

/** Procedures and radiation therapies become interventions, medicines and regimens treatments. */
export function toInterventionsAndTreatments(conversion: Conversion, value: unknown, pointer: string) {
  const interventions: JsonObject[] = []
  const treatments: JsonObject[] = []
  for (const [item, at] of readList(conversion, value, pointer)) {
    const action = readMessage(conversion, item, at, ACTION)
    if (!action) continue
    const procedure = toProcedure(conversion, action['procedure'], `${at}/procedure`)
    if (procedure) interventions.push(procedure)
    const radiation = toRadiation(conversion, action['radiationTherapy'], `${at}/radiationTherapy`)
    if (radiation) interventions.push(radiation)
    const treatment = toTreatment(conversion, action['treatment'], `${at}/treatment`)
    if (treatment) treatments.push(treatment)
    const regimen = toRegimen(conversion, action['therapeuticRegimen'], `${at}/therapeuticRegimen`)
    if (regimen) treatments.push(regimen)
  }
  return { interventions: nonEmpty(interventions), treatments: nonEmpty(treatments) }
}

function toTreatment(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const treatment = readMessage(conversion, value, pointer, TREATMENT)
  if (!treatment) return undefined
  const doses = readList(conversion, treatment['doseIntervals'], `${pointer}/doseIntervals`).map(([item, at]) => {
    const dose = readMessage(conversion, item, at, DOSE) ?? {}
    return toPart(conversion, at, {
      quantity: dose['quantity'],
      scheduleFrequency: toTerm(conversion, dose['scheduleFrequency'], `${at}/scheduleFrequency`),
      interval: dose['interval'],
    })
  })
  // Beacon demands all three of a dose; without them it is left out, because a dose is no reason to refuse a person.
  const whole = doses.filter((dose) => ['quantity', 'scheduleFrequency', 'interval'].every((key) => key in dose))
  if (whole.length < doses.length) {
    conversion.notes.add('left out: DoseInterval without quantity, frequency or interval', doses.length - whole.length)
  }
  return toPart(conversion, pointer, {
    treatmentCode: toTerm(conversion, treatment['agent'], `${pointer}/agent`),
    routeOfAdministration: toTerm(conversion, treatment['routeOfAdministration'], `${pointer}/routeOfAdministration`),
    doseIntervals: nonEmpty(whole),
    cumulativeDose: treatment['cumulativeDose'],
  })
}

function toRadiation(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const radiation = readMessage(conversion, value, pointer, RADIATION)
  if (!radiation) return undefined
  return toPart(conversion, pointer, {
    procedureCode: toTerm(conversion, radiation['modality'], `${pointer}/modality`),
    bodySite: toTerm(conversion, radiation['bodySite'], `${pointer}/bodySite`),
  })
}

/** A regimen that only another registry describes has no code to ask for. */
function toRegimen(conversion: Conversion, value: unknown, pointer: string): JsonObject | undefined {
  const regimen = readMessage(conversion, value, pointer, REGIMEN)
  if (regimen?.['ontologyClass'] === undefined) return undefined
  return toPart(conversion, pointer, {
    treatmentCode: toTerm(conversion, regimen['ontologyClass'], `${pointer}/ontologyClass`),
  })
}
