/** Something that whoever started the demonstration can put right; the message is one whole sentence. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
}
