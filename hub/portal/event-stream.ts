export interface ServerSentEvent {
  readonly event: string
  readonly data: string
}

function parseEvent(block: string): ServerSentEvent {
  const fields = block.split('\n').map((line): [string, string] => {
    const colon = line.indexOf(':')
    return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
  })
  const valuesOf = (name: string) => fields.flatMap(([field, value]) => (field === name ? [value] : []))
  return { event: valuesOf('event').at(-1) ?? 'message', data: valuesOf('data').join('\n') }
}

/** Reads server-sent events from a stream of text; EventSource itself cannot POST, and a question does not belong in a URL. */
export async function* parseEventStream(chunks: AsyncIterable<string>): AsyncGenerator<ServerSentEvent> {
  let rest = ''
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    yield* blocks.map(parseEvent)
  }
}
