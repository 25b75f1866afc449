import express from 'express'
import { textOfNote, toAddCheckpoint, toVerifierKey } from '../../schemas/index.js'
import { openAuditKeys } from './audit-key.js'
import { auditDirectory } from './chain-files.js'
import { originOf, parseCheckpointText, type Checkpoint } from './checkpoint.js'
import { readLatest, withTree } from './checkpoint-files.js'
import { proveConsistency } from './merkle.js'

const SIZE = /^\d{1,15}$/

/**
 * `GET /checkpoint`: the last signed checkpoint; with `?old=SIZE` the request of C2SP's tlog-witness: the size, the proof that the
 * tree of that size is its beginning, and the checkpoint. `GET /key`: the key that signs. Hashes only; whoever keeps what was
 * sent can tell later that nothing was taken away.
 */
export function checkpointRoutes(nodeDirectory: string, nodeId: string): express.Router {
  const directory = auditDirectory(nodeDirectory)
  const router = express.Router()
  router.get('/checkpoint', (request, response) => {
    response.type('text/plain')
    const note = readLatest(directory)
    const checkpoint = note === undefined ? undefined : parse(note)
    if (note === undefined || !checkpoint) return void response.status(404).send('there is no checkpoint yet\n')
    const { old } = request.query
    if (old === undefined) return void response.send(note)
    if (typeof old !== 'string' || !SIZE.test(old) || Number(old) > checkpoint.size) {
      return void response.status(400).send(`old is a size from 0 to ${checkpoint.size}\n`)
    }
    const proof = withTree(directory, (readHash) => proveConsistency(Number(old), checkpoint.size, readHash))
    response.send(toAddCheckpoint({ old: Number(old), proof, note }))
  })
  router.get('/key', (_request, response) => {
    const { publicKey } = openAuditKeys(nodeDirectory, () => new Date())
    response.type('text/plain').send(`${toVerifierKey({ name: originOf(nodeId), publicKey })}\n`)
  })
  return router
}

function parse(note: string): Checkpoint | undefined {
  return parseCheckpointText(textOfNote(note))
}
