const COMPLEMENTS: Readonly<Record<string, string>> = { A: 'T', C: 'G', G: 'C', T: 'A' }

/** The other strand, 5' to 3'. Letters other than A, C, G and T stand for themselves: callers refuse them. */
export function reverseComplement(bases: string): string {
  let complement = ''
  for (let index = bases.length - 1; index >= 0; index--) complement += COMPLEMENTS[bases[index]!] ?? bases[index]!
  return complement
}
