import { join } from 'node:path'
import type { Granularity } from '../../schemas/index.js'

/** A made-up region of the demonstration. */
export interface DemoRegion {
  readonly key: 'norr' | 'mitt' | 'syd'
  readonly id: string
  readonly name: string
  readonly people: number
  readonly dataset: string
  readonly datasetName: string
  /** The three say as much as each of them wants to. */
  readonly granularity: Granularity
}

function region(key: DemoRegion['key'], name: string, people: number, granularity: Granularity): DemoRegion {
  const dataset = `${key}-genomes`
  return {
    key,
    id: `se.fyr.${key}`,
    name: `Region ${name}`,
    people,
    dataset,
    datasetName: `Genomes of ${name}`,
    granularity,
  }
}

export const REGIONS: readonly DemoRegion[] = [
  region('norr', 'Norr', 200, 'record'),
  region('mitt', 'Mitt', 210, 'count'),
  region('syd', 'Syd', 190, 'count'),
]

/** Where a region's node has its data. */
export function regionDirectory(directory: string, { key }: DemoRegion): string {
  return join(directory, key)
}

export function hubDirectory(directory: string): string {
  return join(directory, 'hub')
}
