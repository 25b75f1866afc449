import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addInterpretations } from '../interpretations/change-interpretations.js'
import { openIndividuals } from '../metadata/individuals.js'

let files = 0

/**
 * Adds a file of classifications to a dataset of a node without references.
 *
 * @param name of the file below the node's directory
 */
export async function addStatements(
  nodeDirectory: string,
  text: string,
  datasetId = 'genomes',
  name = `statements-${++files}.tsv`,
): ReturnType<typeof addInterpretations> {
  const path = join(nodeDirectory, name)
  writeFileSync(path, text)
  const individuals = openIndividuals(nodeDirectory)
  const now = () => new Date('2026-06-01T00:00:00Z')
  try {
    return await addInterpretations({ nodeDirectory, datasetId, files: [path], references: {}, individuals, now })
  } finally {
    individuals.close()
  }
}
