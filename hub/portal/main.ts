import { DEFAULT_ASSEMBLY, parseAssemblyId, type AssemblyId } from '../../schemas/assembly.js'
import type { NetworkInfo, RegionAnswer } from '../../schemas/network/network-answer.js'
import { parseVariantText, type VariantText } from '../../schemas/variant-text.js'
import { allelesText, countedText, frequencyText, NOTHING, peopleText, totalText, verdictText } from './answer-text.js'
import { parseEventStream } from './event-stream.js'

interface Start {
  readonly regions: readonly { readonly beaconId: string; readonly name: string }[]
}

interface Problem {
  readonly detail?: string
}

function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new TypeError(`the page has no ${id}`)
  return element
}

const form = byId('question', HTMLFormElement)
const variantField = byId('variant', HTMLInputElement)
const assemblyField = byId('assembly', HTMLSelectElement)
const result = byId('result', HTMLElement)
const regionRows = byId('regions', HTMLTableSectionElement)

function show(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text
}

function cell(text: string, isNumber: boolean): HTMLTableCellElement {
  const element = document.createElement('td')
  element.textContent = text
  if (isNumber) element.className = 'number'
  return element
}

function fillRow(row: HTMLTableRowElement, name: string, answer: RegionAnswer | undefined): void {
  const status = answer ? [answer.status, answer.reason].filter(Boolean).join(': ') : 'waiting'
  const people = answer ? peopleText(answer) : NOTHING
  const time = answer ? `${answer.elapsedMs} ms` : ''
  row.replaceChildren(
    cell(name, false),
    cell(status, false),
    cell(people, true),
    cell(allelesText(answer?.counts), true),
    cell(time, true),
  )
}

function showStart({ regions }: Start): ReadonlyMap<string, HTMLTableRowElement> {
  const rows = new Map(regions.map(({ beaconId }) => [beaconId, document.createElement('tr')]))
  for (const { beaconId, name } of regions.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const row = rows.get(beaconId)!
    fillRow(row, name, undefined)
    regionRows.append(row)
  }
  show('verdict', `Asking ${regions.length} regions…`)
  return rows
}

function showAnswer(info: NetworkInfo): void {
  show('verdict', verdictText(info))
  show('total', info.regionsAnswered === 0 ? '' : totalText(info))
  show('frequency', frequencyText(info) ?? '')
  show('completeness', countedText(info))
  show('note', info.note)
}

function toBody(variant: VariantText, assemblyId: AssemblyId): string {
  const { referenceName, start } = variant
  const rest =
    variant.kind === 'range'
      ? { end: [variant.end] }
      : { referenceBases: variant.referenceBases, alternateBases: variant.alternateBases }
  return JSON.stringify({
    meta: { apiVersion: 'v2.2.0' },
    query: {
      requestParameters: { g_variant: { assemblyId, referenceName, start: [start], ...rest } },
      requestedGranularity: 'count',
      includeResultsetResponses: 'ALL',
    },
  })
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    yield decoder.decode(part.value, { stream: true })
  }
}

function toSentence(text = 'the question failed'): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

async function ask(variant: VariantText, assembly: AssemblyId, signal: AbortSignal): Promise<void> {
  const response = await fetch('/network/variants', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: toBody(variant, assembly),
    signal,
  })
  if (!response.ok || !response.body) {
    const problem = (await response.json().catch(() => ({}))) as Problem
    throw new Error(toSentence(problem.detail ?? `the hub answered HTTP ${response.status}`))
  }
  let rows: ReadonlyMap<string, HTMLTableRowElement> = new Map()
  let isAnswered = false
  for await (const { event, data } of parseEventStream(textOf(response.body))) {
    const value: unknown = JSON.parse(data)
    if (event === 'start') rows = showStart(value as Start)
    if (event === 'region') {
      const region = value as RegionAnswer
      const row = rows.get(region.beaconId)
      if (row) fillRow(row, region.name, region)
    }
    if (event === 'error') throw new Error(toSentence((value as Problem).detail))
    if (event === 'answer') {
      showAnswer((value as { readonly info: NetworkInfo }).info)
      isAnswered = true
    }
  }
  if (!isAnswered) throw new Error(toSentence('the hub broke off before its answer was complete'))
}

let current = new AbortController()

form.addEventListener('submit', (event) => {
  event.preventDefault()
  current.abort()
  const controller = (current = new AbortController())
  const assembly = parseAssemblyId(assemblyField.value) ?? DEFAULT_ASSEMBLY
  const variant = parseVariantText(variantField.value, assembly)
  result.hidden = !variant.ok
  for (const id of ['problem', 'verdict', 'total', 'frequency', 'completeness', 'note']) show(id, '')
  regionRows.replaceChildren()
  if (!variant.ok) return show('problem', variant.reason)
  show('asked', `${variantField.value.trim()} on ${assembly}`)
  show('alleles', variant.value.kind === 'range' ? 'Variants' : 'Alleles')
  ask(variant.value, assembly, controller.signal).catch((error: unknown) => {
    if (controller.signal.aborted) return
    // What some regions said already is no answer of the network.
    result.hidden = true
    show('problem', error instanceof Error ? error.message : toSentence())
  })
})
