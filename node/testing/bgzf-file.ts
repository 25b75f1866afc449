import { crc32, deflateRawSync } from 'node:zlib'
import { BGZF_EOF } from '../formats/bgzf.js'

/** One BGZF block (SAM specification 4.1). */
export function bgzfBlock(content: Buffer): Buffer {
  const data = deflateRawSync(content)
  const header = Buffer.from('1f8b08040000000000ff0600424302000000', 'hex')
  header.writeUInt16LE(data.length + 25, 16)
  const footer = Buffer.alloc(8)
  footer.writeUInt32LE(crc32(content), 0)
  footer.writeUInt32LE(content.length, 4)
  return Buffer.concat([header, data, footer])
}

/** A BGZF file of blocks of the given size. */
export function bgzfFile(content: Buffer, blockBytes: number): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at < content.length; at += blockBytes) blocks.push(bgzfBlock(content.subarray(at, at + blockBytes)))
  return Buffer.concat([...blocks, BGZF_EOF])
}
