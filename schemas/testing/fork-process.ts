import { createPrivateKey, createPublicKey } from 'node:crypto'
import { openWitness } from '../witness/open-witness.js'
import { leafOf, requestOf } from './witnessed-log.js'

// One of several processes that share the file of a witness: sends ever longer logs of one origin, of which those of two
// processes have no leaf in common, and prints what was cosigned as soon as it was.

const [path = '', name = '', pem = '', branch = ''] = process.argv.slice(2)
const privateKey = createPrivateKey(pem)
const key = { name, privateKey, publicKey: createPublicKey(privateKey) }
const MOST_ROUNDS = 20_000
const witness = openWitness(path, { name: 'w', logs: new Map([[name, key]]), now: () => new Date() })
process.stdout.write('ready\n')
process.stdin.once('data', () => {
  let [old, size] = [0, 1]
  // Killed long before, unless whoever started it was.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const leaves = Array.from({ length: size }, (_, i) => leafOf(`${branch}-${i}`))
    const reply = witness.addCheckpoint(requestOf(old, leaves, key))
    if (reply.status === 200) {
      process.stdout.write(`${branch} ${size}\n`)
      old = size
      size = size % 60 === 0 ? size : size + 1
    } else if (reply.status === 409 && reply.size <= size) old = reply.size
    else if (reply.status === 409) size = reply.size + 1
    else size++
    if (size > 200) size = 1
  }
  process.exit()
})
