const BAR_WIDTH = 30
const REDRAW_MS = 100

/** A line on a terminal's standard error that is drawn over and over. */
export interface ProgressBar {
  /** @param note what stands behind the bar */
  draw(done: number, total: number, note: string): void
  /** Takes the line away again. */
  clear(): void
}

export function createProgressBar(): ProgressBar {
  let drawnAt = 0
  return {
    draw(done, total, note) {
      const now = Date.now()
      if (now - drawnAt < REDRAW_MS) return
      drawnAt = now
      const share = total > 0 ? Math.min(1, done / total) : 0
      const filled = Math.round(share * BAR_WIDTH)
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
      process.stderr.write(`\r${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${note}`)
    },
    clear() {
      if (drawnAt > 0) process.stderr.write('\r\u001b[K')
    },
  }
}
