import { describe, expect, test } from '@jest/globals'
import { requireAssembly } from './require-assembly.js'

describe('the header of a file and the assembly of its dataset', () => {
  test.each<[string, { readonly name: string; readonly length?: number }[], RegExp | undefined]>([
    ['GRCh38', [{ name: 'chr1', length: 248_956_422 }], undefined],
    ['without lengths', [{ name: '1' }, { name: 'chr2' }], undefined],
    ['a reference of its own', [{ name: 'chr1', length: 1_000 }], undefined],
    ['contigs of no assembly', [{ name: 'HLA-A', length: 249_250_621 }], undefined],
    ['GRCh37', [{ name: 'HLA-A', length: 5 }, { name: '1', length: 249_250_621 }], /^x\.bam: contig 1 with 249250621 bases is of GRCh37, but the dataset is GRCh38$/], // prettier-ignore
    ['an accession of GRCh37', [{ name: 'NC_000001.10' }], /^x\.bam: contig NC_000001\.10 is of GRCh37, but/],
  ])('%s', (_name, contigs, reason) => {
    const check = () => requireAssembly('x.bam', contigs, 'GRCh38')
    if (reason) expect(check).toThrow(reason)
    else expect(check).not.toThrow()
  })
})
