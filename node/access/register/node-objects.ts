import { openFiles } from '../../files/open-files.js'
import { openIndividuals, type Individual } from '../../metadata/individuals.js'
import { DATASET_ID, listDatasetIds, readManifest } from '../../variants/dataset-manifest.js'

/** What the node holds that can be released: datasets, people and files. Read anew at every question; changes are rare. */
export interface NodeObjects {
  /** Who is responsible for a dataset; undefined: there is none. */
  controllerOf(datasetId: string): string | undefined
  /** Everybody who is responsible for a dataset. */
  controllers(): ReadonlySet<string>
  /** The dataset of a file; undefined: there is none. */
  datasetOfFile(fileId: string): string | undefined
  /** People by the laboratory's name or by the pseudonym; undefined for those whom the node does not have. */
  findIndividuals(names: readonly string[]): readonly (Individual | undefined)[]
  pseudonymsOf(numbers: readonly number[]): ReadonlyMap<number, string>
}

export function openNodeObjects(directory: string): NodeObjects {
  function withIndividuals<T>(work: (register: ReturnType<typeof openIndividuals>) => T): T {
    const register = openIndividuals(directory)
    try {
      return work(register)
    } finally {
      register.close()
    }
  }

  const controllerOf = (id: string) => (DATASET_ID.test(id) ? readManifest(directory, id)?.controller : undefined)
  return {
    controllerOf,
    controllers: () => new Set(listDatasetIds(directory).flatMap((id) => controllerOf(id) ?? [])),
    datasetOfFile(fileId) {
      const files = openFiles(directory)
      try {
        return files.find(fileId)?.datasetId
      } finally {
        files.close()
      }
    },
    findIndividuals: (names) =>
      withIndividuals((register) => names.map((name) => register.findByName(name) ?? register.findByPseudonym(name))),
    pseudonymsOf: (numbers) =>
      withIndividuals(
        (register) => new Map([...register.byNumber(numbers)].map(([number, { pseudonym }]) => [number, pseudonym])),
      ),
  }
}
