import { join } from 'node:path'
import { Bitmap } from '../../variants/bitmap.js'
import { readManifest, segmentsDirectory } from '../../variants/dataset-manifest.js'
import { readCohorts } from '../../variants/sqlite/cohort-tables.js'
import { createSegmentHandles } from '../../variants/sqlite/segment-handles.js'

/** Numbers of everybody with variants in a dataset. The caller holds the node's ingest lock. */
export function readDatasetPeople(nodeDirectory: string, datasetId: string): Bitmap {
  const people = new Bitmap()
  const handles = createSegmentHandles()
  try {
    for (const { file } of readManifest(nodeDirectory, datasetId)?.segments ?? []) {
      const path = join(segmentsDirectory(nodeDirectory, datasetId), file)
      for (const cohort of readCohorts(() => handles.use(path))) people.orInPlace(cohort.people.all)
    }
    return people
  } finally {
    handles.close()
  }
}
