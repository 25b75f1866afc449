import { readdirSync, readFileSync } from 'node:fs'

/** Memory of a process, megabytes. Pages that processes share, as of the program itself, count once (Linux only). */
export function proportionalMegabytes(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  return (Number(kibibytes) * 1_024) / 1e6
}

/** The same of a process and of those that it started. */
export function familyMegabytes(pid: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
  return children.reduce((sum, child) => sum + familyMegabytes(Number(child)), proportionalMegabytes(pid))
}

/** From proc(5); undefined when the process has ended meanwhile. */
function parentOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')[1])
  } catch {
    return undefined
  }
}

/** Most memory that a process has held so far, MB; Linux only. */
export function peakMegabytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error('the system does not say how much memory a process holds')
  return Number(kilobytes) / 1024
}
