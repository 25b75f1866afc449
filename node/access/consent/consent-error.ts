/** What was said of somebody cannot be recorded as it is written. Names nobody. */
export class ConsentError extends Error {
  override readonly name = 'ConsentError'
}
