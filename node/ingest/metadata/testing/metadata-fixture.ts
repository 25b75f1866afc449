import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openIndividuals } from '../../../metadata/individuals.js'
import { openMetadata } from '../../../metadata/metadata.js'
import type { RecordType } from '../../../metadata/record.js'
import { createNodeFixture, type NodeFixture } from '../../../testing/node-fixture.js'
import { ingestMetadata, type MetadataOptions } from '../ingest-metadata.js'
import type { MetadataReport } from '../metadata-report.js'

export type Contents = Readonly<Record<string, unknown>>

/** A node with a dataset `d`, and what it knows of people. */
export interface MetadataFixture extends NodeFixture {
  /** Writes files by their names (texts as they are, everything else as JSON) and ingests them. */
  load(contents: Contents, options?: Partial<MetadataOptions>): Promise<MetadataReport>
  write(name: string, content: unknown): string
  /** By laboratory's id: the stored documents of a type. */
  documents(type: RecordType): Readonly<Record<string, unknown>>
  cohorts(): readonly { readonly id: string; readonly members?: readonly string[]; readonly document: unknown }[]
  datasetDocument(): unknown
}

export function createMetadataFixture(): MetadataFixture {
  const fixture = createNodeFixture()
  const { directory } = fixture
  fixture.addDataset('d')

  function write(name: string, content: unknown): string {
    const path = join(directory, name)
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
    writeFileSync(path, isRaw ? content : JSON.stringify(content))
    return path
  }

  function read<T>(use: (metadata: ReturnType<typeof openMetadata>) => T): T {
    const metadata = openMetadata(directory)
    try {
      return use(metadata)
    } finally {
      metadata.close()
    }
  }

  function names(): ReadonlyMap<number, string> {
    const individuals = openIndividuals(directory)
    try {
      return new Map(individuals.list().map(({ number, name }) => [number, name]))
    } finally {
      individuals.close()
    }
  }

  return {
    ...fixture,
    write,
    async load(contents, options = {}) {
      const files = Object.entries(contents).map(([name, content]) => write(name, content))
      const individuals = openIndividuals(directory)
      try {
        return await ingestMetadata({
          nodeDirectory: directory,
          datasetId: 'd',
          files,
          individuals,
          now: () => new Date(),
          ...options,
        })
      } finally {
        individuals.close()
      }
    },
    documents: (type) =>
      read((metadata) => {
        const index = metadata.index('d')
        // Entities of individuals are people, of other records the records' own numbers.
        const everything = Array.from({ length: 1000 }, (_, number) => number)
        const records = index ? metadata.records('d', type, everything) : []
        const ofType = records.filter((record) => record.type === type)
        return Object.fromEntries(ofType.map(({ name, document }) => [name, document]))
      }),
    cohorts: () =>
      read((metadata) => {
        const people = names()
        return metadata.cohorts('d').map(({ id, members, document }) => ({
          id,
          document,
          ...(members ? { members: [...members].map((number) => people.get(number)!) } : {}),
        }))
      }),
    datasetDocument: () => read((metadata) => metadata.datasetDocument('d')),
  }
}
