import { expect, test } from '@jest/globals'
import { toAminoacidChange } from './aminoacid-change.js'

test.each([
  ['ENSP00000288602.6:p.Val600Glu', 'V600E'],
  ['p.Val600Glu', 'V600E'],
  ['p.(Val600Glu)', 'V600E'],
  ['p.V600E', 'V600E'],
  ['V600E', 'V600E'],
  ['NP_009225.1:p.Glu1817Ter', 'E1817*'],
  ['p.Gln12*', 'Q12*'],
  ['p.Arg97ProfsTer23', 'R97Pfs*23'],
  ['p.Arg97ProfsX23', 'R97Pfs*23'],
  ['p.Arg97fs', 'R97fs'],
  ['R97Pfs*23', 'R97Pfs*23'],
  ['p.Leu52=', 'L52='],
  ['p.Met1?', 'M1?'],
  ['p.Lys23del', 'K23del'],
  ['p.Lys23_Val25del', 'K23_V25del'],
  ['p.Gly4_Gln6dup', 'G4_Q6dup'],
  ['p.Lys2_Gly3insGlnSerLys', 'K2_G3insQSK'],
  ['p.Cys28delinsTrpVal', 'C28delinsWV'],
  ['p.Ter110GlnextTer17', '*110Qext*17'],
  ['p.Sec12Pyl', 'U12O'],
])('%s is %s', (text, change) => expect(toAminoacidChange(text)).toBe(change))

test.each(['p.?', 'p.=', 'p.0', 'p.', '', 'BRAF', 'c.1799T>A', 'p.Foo6Bar', '600', 'V600', 'V600E '])(
  '%j names no change of a residue',
  (text) => expect(toAminoacidChange(text)).toBeUndefined(),
)
