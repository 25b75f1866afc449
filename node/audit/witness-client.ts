import { Agent, request } from 'undici'
import {
  hashOrigin,
  openCosignature,
  parseCheckpointHead,
  parseNote,
  parseSignatures,
  SIZE_MEDIA_TYPE,
  textOfNote,
  toAddCheckpoint,
  type AddCheckpoint,
  type CheckpointHead,
  type Cosignature,
  type NoteKey,
} from '../../schemas/index.js'
import { createGuardedLookup, whyAddressRefused, type Resolve } from '../access/passport/address-policy.js'
import { toAnsweredAt } from '../access/passport/answered-at.js'

/** For a whole answer, milliseconds. */
const DEADLINE_MS = 10_000
/** More than the longest checkpoint with its signatures. */
const MAXIMUM_BYTES = 1 << 16
const SIZE_ANSWER = /^(0|[1-9]\d{0,14})\n$/

/** A witness, and by what its cosignatures are known. */
export interface WitnessAddress {
  readonly name: string
  /** Its prefix, without a slash at the end. */
  readonly url: string
  readonly key: NoteKey
}

/** What a witness said of a checkpoint. */
export type Submitted =
  | { readonly kind: 'cosigned'; readonly cosignature: Cosignature }
  /** It has cosigned another size last than the proof begins with. */
  | { readonly kind: 'other-size'; readonly size: number }
  /** It does not find that the checkpoint goes on from what it has cosigned. */
  | { readonly kind: 'inconsistent' }
  /** It does not know the log, or the key. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** The last checkpoint that a witness says it has cosigned, whose cosignature is right. */
export interface SeenCheckpoint {
  readonly head: CheckpointHead
  readonly cosignature: Cosignature
}

/** The way to the witnesses of `node.yaml`, and to nobody else. Redirects are answers like others. */
export interface WitnessClient {
  submit(witness: WitnessAddress, checkpoint: AddCheckpoint): Promise<Submitted>
  /**
   * Asks for the last checkpoint of a log.
   *
   * @returns undefined: it has cosigned none
   * @throws Error it cannot be asked, or did not cosign what it answers
   */
  fetchLast(witness: WitnessAddress, origin: string): Promise<SeenCheckpoint | undefined>
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

export interface WitnessClientOptions {
  readonly allowPrivate: boolean
  readonly resolve?: Resolve
  readonly deadlineMs?: number
  /** Told with each answer when it was made by the clock of who made it, milliseconds since 1970. */
  readonly onAnswer?: (answeredAt: number | undefined) => void
}

export function createWitnessClient({
  allowPrivate,
  resolve,
  deadlineMs = DEADLINE_MS,
  onAnswer,
}: WitnessClientOptions): WitnessClient {
  const dispatcher = new Agent({
    connect: { lookup: createGuardedLookup(allowPrivate, resolve), timeout: deadlineMs },
  })

  async function call(url: string, body?: string): Promise<Answer> {
    const refused = whyAddressRefused(url, allowPrivate)
    if (refused !== undefined) throw new Error(`its address ${refused}`)
    const type = body === undefined ? {} : { 'content-type': 'text/plain; charset=utf-8' }
    const answer = await request(url, {
      dispatcher,
      signal: AbortSignal.timeout(deadlineMs),
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'fyr-node', ...type },
      ...(body === undefined ? {} : { body }),
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      // Leaving the loop destroys the body, and the connection with it.
      if (bytes > MAXIMUM_BYTES) throw new Error('its answer is too large')
      chunks.push(chunk)
    }
    onAnswer?.(toAnsweredAt(answer.headers))
    const sent = answer.headers['content-type']
    return {
      status: answer.statusCode,
      type: typeof sent === 'string' ? sent.split(';', 1)[0]!.trim() : '',
      text: Buffer.concat(chunks).toString('utf8'),
    }
  }

  return {
    async submit(witness, checkpoint) {
      try {
        return toSubmitted(
          await call(`${witness.url}/add-checkpoint`, toAddCheckpoint(checkpoint)),
          witness,
          checkpoint,
        )
      } catch (error) {
        return { kind: 'failed', reason: describe(error) }
      }
    },
    async fetchLast(witness, origin) {
      const { status, text } = await call(`${witness.url}/${hashOrigin(origin)}/checkpoint`)
      if (status === 404) return undefined
      if (status !== 200) throw new Error(`it answered HTTP ${status}`)
      const note = parseNote(text)
      const head = note && parseCheckpointHead(note.text)
      if (!note || head?.origin !== origin) throw new Error('it did not answer with a checkpoint of this log')
      const cosignature = openCosignature(note, witness.key)
      if (!cosignature) throw new Error('the checkpoint that it answered with is not cosigned by its key')
      return { head, cosignature }
    },
    close: () => dispatcher.destroy(),
  }
}

function toSubmitted({ status, type, text }: Answer, { key }: WitnessAddress, { note }: AddCheckpoint): Submitted {
  switch (status) {
    case 200: {
      const signatures = parseSignatures(text)
      const cosignature = signatures && openCosignature({ text: textOfNote(note), signatures }, key)
      return cosignature
        ? { kind: 'cosigned', cosignature }
        : { kind: 'failed', reason: 'what it answered is no cosignature by its key' }
    }
    case 409: {
      const [, size] = SIZE_ANSWER.exec(text) ?? []
      return type === SIZE_MEDIA_TYPE && size !== undefined
        ? { kind: 'other-size', size: Number(size) }
        : { kind: 'failed', reason: 'it answered HTTP 409 without a size' }
    }
    case 422:
      return { kind: 'inconsistent' }
    case 403:
      return { kind: 'refused', reason: 'it knows another key of this log' }
    case 404:
      return { kind: 'refused', reason: 'it does not know this log' }
    default:
      return { kind: 'failed', reason: `it answered HTTP ${status}` }
  }
}

/** Without the text of the answer. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be asked'
  if (error.name === 'TimeoutError') return 'it did not answer in time'
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? error.message : `it cannot be reached (${code})`
}
