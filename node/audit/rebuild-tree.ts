import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { AuditError } from './audit-error.js'
import { auditDirectory } from './chain-files.js'
import { treePath, withTree } from './checkpoint-files.js'
import { GrowingTree } from './merkle.js'
import { verifyAudit } from './verify-audit.js'

/** Makes the file of the tree anew from the logs and checkpoints. @throws AuditError they are not as they were written */
export async function rebuildTree(nodeDirectory: string, nodeId: string): Promise<GrowingTree> {
  const directory = auditDirectory(nodeDirectory)
  const path = treePath(directory)
  const descriptor = openSync(`${path}.next`, 'w', 0o600)
  let size: number
  try {
    const { fault, covered } = await verifyAudit(nodeDirectory, {
      nodeId,
      onHashes: (known) => void writeSync(descriptor, Buffer.concat(known)),
    })
    if (fault) throw new AuditError(`line ${fault.line} of audit/${fault.file}: ${fault.problem}`)
    size = covered
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(`${path}.next`, path)
  return withTree(directory, (readHash) => GrowingTree.resume(size, readHash))
}
