/** A node that cannot serve; the message says in one sentence why. Apart from the server, which most commands never load. */
export class ServeError extends Error {
  override readonly name = 'ServeError'
}
