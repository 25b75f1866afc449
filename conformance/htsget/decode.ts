import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readBam } from './read-bam.js'
import { parseSamLine, parseVcfLine, type DecodedFile } from './records.js'

const LARGEST_OUTPUT = 1 << 30
/** The mandatory fields: what CRAM keeps of optional ones, and in which order, differs. */
const SAM_COLUMNS = 11

/** Reads the concatenated answers. */
export interface Decoder {
  /** @returns undefined when nothing here reads the format. @throws Error it cannot be read as what it should be */
  decode(format: string, bytes: Buffer): Promise<DecodedFile | undefined>
  /** SHA-256 input of a truth file: the records as samtools and bcftools print them; undefined without these. */
  toText(format: string, bytes: Buffer): Promise<string | undefined>
  close(): void
}

interface Program {
  readonly name: 'samtools' | 'bcftools'
  readonly arguments: readonly string[]
}

function runProgram(name: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(name, args, { maxBuffer: LARGEST_OUTPUT }, (error, stdout, stderr) => {
      // Both programs go on after much of what is wrong with a file, and only say so.
      const complaint = /^\[[EW]::[^\]]*\].*|.*EOF marker is absent.*|.*[Tt]runcated.*/m.exec(stderr)?.[0]
      if (error || complaint) reject(new Error(`${name} says: ${complaint ?? stderr.trim()}`))
      else resolve(stdout)
    })
  })
}

async function isThere(name: string): Promise<boolean> {
  return runProgram(name, ['--version']).then(
    () => true,
    () => false,
  )
}

export interface DecoderOptions {
  /** FASTA that CRAM files were made with. */
  readonly reference?: string
  /** Leaves samtools and bcftools alone. */
  readonly withoutPrograms?: boolean
}

/** samtools and bcftools where they are installed, else readers of this project for BAM and VCF. */
export async function createDecoder({ reference, withoutPrograms = false }: DecoderOptions = {}): Promise<Decoder> {
  const [hasSamtools, hasBcftools] = withoutPrograms
    ? [false, false]
    : await Promise.all([isThere('samtools'), isThere('bcftools')])
  const directory = mkdtempSync(join(tmpdir(), 'fyr-htsget-'))
  let files = 0

  function programFor(format: string): Program | undefined {
    const isReads = format === 'BAM' || format === 'CRAM'
    if (isReads && hasSamtools) {
      const withReference = reference === undefined ? [] : ['-T', reference]
      return { name: 'samtools', arguments: ['view', ...withReference] }
    }
    return !isReads && hasBcftools ? { name: 'bcftools', arguments: ['view', '--no-version'] } : undefined
  }

  async function print(program: Program, headers: boolean, bytes: Buffer): Promise<string> {
    const path = join(directory, String(++files))
    writeFileSync(path, bytes)
    try {
      const flags = program.name === 'samtools' ? (headers ? ['-h'] : []) : headers ? [] : ['-H']
      return await runProgram(program.name, [...program.arguments, ...flags, path])
    } finally {
      rmSync(path)
    }
  }

  return {
    async decode(format, bytes) {
      const program = programFor(format)
      if (program) return parseText(await print(program, true, bytes), program.name)
      if (format === 'BAM') return readBam(bytes)
      if (format === 'VCF') return parseText(gunzipIfNeeded(bytes).toString(), 'bcftools')
      if (format === 'VCFTEXT') return parseText(bytes.toString(), 'bcftools')
      return undefined
    },
    async toText(format, bytes) {
      const program = programFor(format)
      return program && print(program, false, bytes)
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Plain text is still allowed for `VCF` (htsget 1.3). */
function gunzipIfNeeded(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
}

function parseText(text: string, printedBy: Program['name']): DecodedFile {
  const lines = text.split('\n').filter((line) => line !== '')
  if (printedBy === 'samtools') {
    const contigs = lines.flatMap((line) => (line.startsWith('@SQ') ? [/\tSN:([^\t]+)/.exec(line)?.[1] ?? ''] : []))
    // Optional header lines begin with @ and two letters; so does no read's name that the specification allows.
    const records = lines.filter((line) => !/^@[A-Z]{2}(\t|$)/.test(line))
    return { contigs, records: records.map((line) => parseSamLine(line, SAM_COLUMNS)) }
  }
  const contigs = lines.flatMap((line) => /^##contig=<.*?\bID=([^,>]+)/.exec(line)?.[1] ?? [])
  return { contigs, records: lines.filter((line) => !line.startsWith('#')).map(parseVcfLine) }
}
