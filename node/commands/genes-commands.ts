import { Option, type Command } from 'commander'
import { ASSEMBLY_IDS, type AssemblyId } from '../../schemas/index.js'
import { readNodeConfig } from '../config.js'
import { FormatError } from '../formats/format-error.js'
import type { GeneFile } from '../variants/genes/gene.js'
import { openGenes, type GeneSource } from '../variants/genes/open-genes.js'
import { readGeneFile } from '../variants/genes/read-gene-file.js'
import { removeGenes, replaceGenes } from '../variants/genes/write-genes.js'

interface AddOptions {
  readonly assembly: AssemblyId
  readonly json?: boolean
}

async function addGenes(dir: string, paths: readonly string[], { assembly, json }: AddOptions): Promise<void> {
  readNodeConfig(dir)
  const files: GeneFile[] = []
  for (const path of paths) {
    const read = await readGeneFile(path, assembly)
    if (files.some(({ file }) => file === read.file)) throw new FormatError(`${read.file} is named twice`)
    files.push(read)
  }
  replaceGenes(dir, assembly, files, new Date())
  if (json) return printSources(dir, true, assembly)
  for (const { file, version, genes, transcripts, skipped } of files) {
    process.stdout.write(
      `loaded ${genes.length} genes and ${transcripts.length} transcripts of ${assembly} from ${file}${version === undefined ? '' : ` (${version})`}; ` +
        `left out: ${skipped.transcripts} transcripts without accession, strand or countable exons, ${skipped.otherContigs} features of other contigs\n`,
    )
  }
}

function printSources(dir: string, json: boolean, assembly?: AssemblyId): void {
  const genes = openGenes(dir)
  try {
    const sources = genes.sources(assembly)
    process.stdout.write(json ? `${JSON.stringify(sources, null, 2)}\n` : toTable(sources))
  } finally {
    genes.close()
  }
}

function toTable(sources: readonly GeneSource[]): string {
  if (sources.length === 0) return 'no genes\n'
  const lines = sources.map(
    ({ assembly, file, version, added, genes, transcripts }) =>
      `${assembly}  ${file}  ${version ?? '-'}  ${genes} genes  ${transcripts} transcripts  ${added}`,
  )
  return `${lines.join('\n')}\n`
}

/** `fyr-node genes …` */
export function addGenesCommands(program: Command): void {
  const genes = program.command('genes').description('manage the gene table: places of genes, and transcripts for HGVS')
  const assembly = () => new Option('--assembly <assembly>').choices(ASSEMBLY_IDS).makeOptionMandatory()
  genes
    .command('add')
    .description(
      'replace the genes of an assembly by those of GFF3 or GTF files (RefSeq, Ensembl, GENCODE; plain or gzip)',
    )
    .argument('<dir>')
    .argument('<files...>')
    .addOption(assembly())
    .option('--json', 'print what is loaded now as JSON')
    .action(addGenes)
  genes
    .command('list')
    .description('print which files are loaded')
    .argument('<dir>')
    .option('--json', 'print JSON')
    .action((dir: string, { json }: { json?: boolean }) => {
      readNodeConfig(dir)
      printSources(dir, json === true)
    })
  genes
    .command('remove')
    .description('forget the genes of an assembly')
    .argument('<dir>')
    .addOption(assembly())
    .action((dir: string, { assembly: of }: { assembly: AssemblyId }) => {
      readNodeConfig(dir)
      if (!removeGenes(dir, of)) throw new FormatError(`there are no genes of ${of}`)
      process.stdout.write(`removed the genes of ${of}\n`)
    })
}
