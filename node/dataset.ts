import type { AccessLevel, AssemblyId, Granularity, NodeConfig } from '../schemas/index.js'
import { DATASET_ID, readManifest, writeManifest } from './variants/dataset-manifest.js'

/** Below this genotype quality a call counts as a no-call (`counting.md`, "Which calls count"). */
const DEFAULT_MINIMUM_GENOTYPE_QUALITY = 20

/** A dataset that cannot be made or changed as asked. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
}

export interface DatasetOptions {
  readonly name: string
  readonly assembly: AssemblyId
  readonly granularity: Granularity
  readonly access: AccessLevel
  readonly basis?: string
  readonly controller?: string
  readonly contact?: string
}

/** @throws DatasetError the id is taken or none, or public access without a basis */
export function addDataset(
  directory: string,
  config: NodeConfig,
  id: string,
  options: DatasetOptions,
  now: Date,
): void {
  if (!DATASET_ID.test(id)) {
    throw new DatasetError(`"${id}" is no dataset id: use letters, digits, ".", "_" and "-", at most 64`)
  }
  if (readManifest(directory, id)) throw new DatasetError(`there is a dataset ${id} already`)
  const { name, assembly, granularity, access } = options
  const basis = options.basis?.trim()
  if (access === 'public' && !basis) {
    throw new DatasetError('--access public needs --basis "why these data may be public"')
  }
  writeManifest(directory, {
    id,
    name,
    assembly,
    access,
    granularity,
    ...(basis ? { basis } : {}),
    controller: options.controller ?? config.organization.name,
    contact: options.contact ?? config.contact,
    normalisation: 'trimmed',
    minimumGenotypeQuality: DEFAULT_MINIMUM_GENOTYPE_QUALITY,
    createDateTime: now.toISOString(),
    updateDateTime: now.toISOString(),
    segments: [],
  })
}
