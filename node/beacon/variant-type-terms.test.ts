import { expect, test } from '@jest/globals'
import { parseVariantType } from './variant-type-terms.js'

/** Names of the Sequence Ontology (so.obo 2024-11-18) and of EFO below "copy number assessment", and what they mean here. */
test.each([
  ['SO:0001483', 'SNV', ['SNP']],
  ['SO:0002007', 'MNV', ['MNP']],
  ['SO:1000032', 'delins', ['INDEL']],
  ['SO:0000667', 'insertion', ['INS']],
  ['SO:0001837', 'mobile_element_insertion', ['INS:ME']],
  ['SO:0002063', 'Alu_insertion', ['INS:ME:ALU']],
  ['SO:0002064', 'LINE1_insertion', ['INS:ME:LINE1']],
  ['SO:0002065', 'SVA_insertion', ['INS:ME:SVA']],
  ['SO:0000159', 'deletion', ['DEL', 'loss']],
  ['SO:0002066', 'mobile_element_deletion', ['DEL:ME']],
  ['SO:1000035', 'duplication', ['DUP', 'gain']],
  ['SO:1000173', 'tandem_duplication', ['DUP:TANDEM']],
  ['SO:1000036', 'inversion', ['INV']],
  ['SO:0001019', 'copy_number_variation', ['CNV', 'loss', 'gain']],
  ['SO:0001743', 'copy_number_loss', ['DEL', 'loss']],
  ['SO:0001742', 'copy_number_gain', ['DUP', 'gain']],
  ['EFO:0030066', 'relative copy number variation', ['CNV', 'loss', 'gain']],
  ['EFO:0030067', 'copy number loss', ['DEL', 'loss']],
  ['EFO:0030068', 'low-level copy number loss', ['low-level loss']],
  ['EFO:0020073', 'high-level copy number loss', ['high-level loss']],
  ['EFO:0030069', 'complete genomic deletion', ['complete loss']],
  ['EFO:0030070', 'copy number gain', ['DUP', 'gain']],
  ['EFO:0030071', 'low-level copy number gain', ['low-level gain']],
  ['EFO:0030072', 'high-level copy number gain', ['high-level gain']],
  ['EFO:0030073', 'focal genome amplification', ['focal amplification']],
])('%s (%s) asks for %j', (term, _, types) => {
  expect(parseVariantType(term)).toEqual(types)
  expect(parseVariantType(term.toLowerCase())).toEqual(types)
})

/** Terms that would say nothing, or what no file says: of one that is not known, "none" would be a wrong answer. */
test.each(['SO:0001059', 'SO:0002210', 'EFO:0030063', 'EFO:0030064', 'EFO:0004847'])('%s is refused', (term) => {
  expect(() => parseVariantType(term)).toThrow(/this variantType \(it knows SNP, SNV, SO:0001483/)
})
