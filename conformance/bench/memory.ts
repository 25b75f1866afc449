import { readFileSync } from 'node:fs'

/** Most memory that a process has held so far, MB; Linux only. */
export function peakMegabytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error('the system does not say how much memory a process holds')
  return Number(kilobytes) / 1024
}
