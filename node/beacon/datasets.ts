import type { Dataset } from '../../schemas/index.js'
import type { Pause } from '../access/rules.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'

/**
 * The catalogue entry of a dataset. It tells nothing of the people in it, and so is shown for controlled datasets too, to
 * who may know that they are there.
 *
 * @param pause the dataset answers nothing for now
 */
export function toDataset(manifest: DatasetManifest, pause: Pause | undefined): Dataset {
  return {
    id: manifest.id,
    name: manifest.name,
    createDateTime: manifest.createDateTime,
    updateDateTime: manifest.updateDateTime,
    info: {
      assemblyId: manifest.assembly,
      access: manifest.access,
      granularity: manifest.granularity,
      identifiers: manifest.identifiers ?? 'pseudonymous',
      caseLevelData: manifest.caseLevelData ?? false,
      ...(manifest.groups === undefined ? {} : { groups: manifest.groups }),
      ...(manifest.basis === undefined ? {} : { basis: manifest.basis }),
      controller: manifest.controller,
      contact: manifest.contact,
      ...(manifest.content === undefined ? {} : { content: manifest.content }),
      ...(manifest.sites === undefined ? {} : { sites: manifest.sites }),
      ...(pause ? { paused: { scope: pause.scope, reason: pause.reason, since: pause.since.toISOString() } } : {}),
      normalised: manifest.normalisation === 'left-aligned',
      callPolicy: { filter: ['PASS', '.'], minimumGenotypeQuality: manifest.minimumGenotypeQuality },
    },
  }
}
