import type { CramFile } from '@gmod/cram'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { FormatError } from '../format-error.js'
import { type CramBlock } from './containers.js'

// CRAM specification section 8: numbers of the methods.
export const RAW = 0
export const GZIP = 1
const METHODS = ['raw', 'gzip', 'bzip2', 'lzma', 'rans', 'rans4x16', 'arith', 'fqzcomp', 'tok3'] as const

const gunzipBytes = promisify(gunzip)

/** The library is here for its codecs, which are htslib's own; it never has a file to read. */
function refuse(): Promise<never> {
  return Promise.reject(new TypeError('a codec reads no file'))
}
let library: Promise<CramFile> | undefined

/** Loaded for the first block that needs it: nodes without CRAM files start sooner. */
async function loadLibrary(): Promise<CramFile> {
  const { CramFile } = await import('@gmod/cram')
  return new CramFile({ filehandle: { read: refuse, readFile: refuse, stat: refuse, close: refuse } })
}

/** The content of a header's block: headers of files are not compressed, or by gzip. */
export function decompressHeader(block: CramBlock): Promise<Buffer> {
  if (block.method !== RAW && block.method !== GZIP) {
    const name = METHODS[block.method] ?? `method ${block.method}`
    throw new FormatError(`a SAM header that is compressed by ${name} is not supported`)
  }
  return decompress(block)
}

/** @throws FormatError a method that is not known, or data that are damaged */
export async function decompress({ method, data, contentBytes }: CramBlock): Promise<Buffer> {
  if (method === RAW) return withSize(data, contentBytes)
  if (contentBytes === 0) return Buffer.alloc(0)
  const name = METHODS[method]
  if (!name) throw new FormatError(`compression method ${method} of CRAM is not supported`)
  let content: Uint8Array
  const codecs = method === GZIP ? undefined : await (library ??= loadLibrary())
  try {
    content =
      codecs === undefined
        ? await gunzipBytes(data, { maxOutputLength: contentBytes })
        : await codecs._uncompressPre(name, data, contentBytes)
  } catch {
    throw new FormatError(`the CRAM data are corrupt: a block of ${name} cannot be decompressed`)
  }
  return withSize(Buffer.from(content.buffer, content.byteOffset, content.byteLength), contentBytes)
}

function withSize(content: Buffer, contentBytes: number): Buffer {
  if (content.length !== contentBytes) throw new FormatError('the CRAM data are corrupt: a block has another size')
  return content
}
