import { unsupported } from './query-errors.js'

/** Of the IUPAC letters that Beacon lets pass, a node reads the four bases, and `N` for any one of them. */
export function requireBases(name: string, bases: string): string {
  if (!/^[ACGTN]*$/.test(bases)) throw unsupported(`${name} with letters other than A, C, G, T and N`)
  return bases
}
