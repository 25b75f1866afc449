import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readManifest } from './variants/dataset-manifest.js'

/** An ingest that leaves more than these starts a compaction: every question asks each of them (design, section 4). */
export const MOST_SEGMENTS = 8

/**
 * Starts a compaction in a process of its own when a dataset has too many segments. The command that calls this need not wait:
 * its data are published, and a compaction that fails is made up for by the next one.
 */
export function compactInBackground(directory: string, id: string): void {
  if ((readManifest(directory, id)?.segments.length ?? 0) <= MOST_SEGMENTS) return
  const command = fileURLToPath(new URL('./main.js', import.meta.url))
  const args = [command, 'dataset', 'compact', directory, id, '--if-needed']
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
}
