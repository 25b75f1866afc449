/**
 * The same function, called at most once in a turn of the event loop: the questions of one turn, as those of one request are,
 * share what it gave. For what the operating system has to be asked, such as whether a file was replaced.
 */
export function oncePerTurn<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => {
    if (!known) {
      known = { value: read() }
      setImmediate(() => (known = undefined))
    }
    return known.value
  }
}
