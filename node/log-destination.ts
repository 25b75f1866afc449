import { destination, type DestinationStream } from 'pino'

export const STANDARD_ERROR = 2
/** Longest write that does not mix with those of other processes into the same pipe (PIPE_BUF of Linux, pipe(7)). */
const PIPE_ATOMIC_BYTES = 4_096

/**
 * Log lines for a file descriptor. Those of one turn of the event loop are written together at its end, whole lines at a
 * time; what is left is written when the process ends.
 */
export function openLogDestination(descriptor: number): DestinationStream {
  const file = destination({ dest: descriptor, sync: true })
  let isHooked = false
  let lines = ''

  function flush(): void {
    const whole = lines
    lines = ''
    if (whole !== '') file.write(whole)
  }

  return {
    write(line) {
      if (!isHooked) process.once('exit', flush)
      isHooked = true
      if (lines.length + line.length > PIPE_ATOMIC_BYTES) flush()
      if (lines === '') setImmediate(flush)
      lines += line
    },
  }
}
