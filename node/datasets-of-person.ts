import { join } from 'node:path'
import { openMetadata } from './metadata/metadata.js'
import { openFiles } from './files/open-files.js'
import { Bitmap } from './variants/bitmap.js'
import { listDatasetIds, readManifest, segmentsDirectory } from './variants/dataset-manifest.js'
import { holdsAnyOf } from './variants/sqlite/compact-segments.js'

/** Ids of the datasets that have something of a person now: alleles, records or files. */
export function datasetsOfPerson(nodeDirectory: string, person: number): readonly string[] {
  const people = new Bitmap([person])
  const metadata = openMetadata(nodeDirectory)
  const files = openFiles(nodeDirectory)
  try {
    return listDatasetIds(nodeDirectory).filter((id) => {
      const manifest = readManifest(nodeDirectory, id)
      if (!manifest) return false
      const hasAlleles = () =>
        manifest.content !== 'sites' &&
        manifest.segments.some(({ file }) => holdsAnyOf(join(segmentsDirectory(nodeDirectory, id), file), people))
      const index = metadata.index(id)
      const hasRecords = () =>
        index !== undefined &&
        (['individual', 'biosample', 'run', 'analysis'] as const).some((type) => index[type].people.has(person))
      const hasFiles = () =>
        files.ofDataset(id).some((file) => file.people.some(({ individual }) => individual === person))
      return hasRecords() || hasFiles() || hasAlleles()
    })
  } finally {
    metadata.close()
    files.close()
  }
}
