import { destination, type DestinationStream } from 'pino'

/** Longest write that does not mix with those of other processes into the same pipe (PIPE_BUF of Linux, pipe(7)). */
const PIPE_ATOMIC_BYTES = 4_096

/**
 * Log lines for a file descriptor: those of one turn of the event loop are written together at its end, whole lines at a
 * time, and what is left is written when the process ends.
 */
export function openLogDestination(descriptor: number): DestinationStream {
  const file = destination({
    dest: descriptor,
    sync: true,
    minLength: PIPE_ATOMIC_BYTES - 1,
    maxWrite: PIPE_ATOMIC_BYTES,
  })
  const flush = () => file.flushSync()
  let scheduled = false
  process.once('exit', flush)
  return {
    write(line) {
      file.write(line)
      if (scheduled) return
      scheduled = true
      setImmediate(() => {
        scheduled = false
        flush()
      })
    },
  }
}
