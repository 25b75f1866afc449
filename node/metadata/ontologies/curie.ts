/** A prefix and a local part; `http://…` is none, because nothing that begins with a slash is local. */
const CURIE = /^([A-Za-z][\w.-]*):[^\s:/]\S*$/

/** The last part of an IRI in the form of the OBO Foundry's ID policy: `HP_0000118`, `NCIT_C16576`, `Orphanet_558`. */
const UNDERSCORED = /^https?:\/\/\S*[/#]([A-Za-z][A-Za-z0-9.]*)_([A-Za-z0-9.-]+)$/

/** E.g. `http://identifiers.org/hgnc/1100`. */
const IDENTIFIERS_ORG = /^https?:\/\/identifiers\.org\/([A-Za-z][\w.]*)[/:]([^\s/:]+)$/

/**
 * The short form of a term's id, whichever way it is written.
 *
 * @returns e.g. `HP:0000118`; undefined for what is neither a CURIE nor an IRI that has one
 */
export function toCurie(id: string): string | undefined {
  if (CURIE.test(id)) return id
  const match = UNDERSCORED.exec(id) ?? IDENTIFIERS_ORG.exec(id)
  return match ? `${match[1]!}:${match[2]!}` : undefined
}

/** @returns e.g. `HP`; empty for an id without a prefix */
export function prefixOf(curie: string): string {
  return CURIE.exec(curie)?.[1] ?? ''
}
