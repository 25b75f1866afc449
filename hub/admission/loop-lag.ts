/** How often the event loop is looked at while questions are in flight. */
const INTERVAL_MS = 20

/** Calls `tick` every so many milliseconds, or later when the loop is busy; returns how to stop it. */
export type Every = (ms: number, tick: () => void) => () => void

/** How late the loop was during one question, milliseconds. */
export interface LagSeen {
  /** The most at once. */
  readonly worstMs: number
  /** All together. */
  readonly totalMs: number
}

/** One question's view of the lag. */
export interface LagWatch {
  seen(): LagSeen
  end(): void
}

/** How late this process is in serving its event loop, be it busy itself or not given the processor. */
export interface LoopLag {
  /** Milliseconds that the loop is late now; 0 while nobody watches. */
  current(): number
  watch(): LagWatch
}

const everyByInterval: Every = (ms, tick) => {
  const timer = setInterval(tick, ms)
  timer.unref()
  return () => clearInterval(timer)
}

function add({ worstMs, totalMs }: LagSeen, lagMs: number): LagSeen {
  return { worstMs: Math.max(worstMs, lagMs), totalMs: totalMs + lagMs }
}

/** @param now monotonic milliseconds */
export function createLoopLag(now: () => number, every: Every = everyByInterval): LoopLag {
  const watches = new Set<{ seen: LagSeen }>()
  let stop: (() => void) | undefined
  let tickedAt = 0
  let lastLag = 0

  /** What the next tick is late already. A loop that stands still shows only here. */
  const pending = () => Math.max(0, now() - tickedAt - INTERVAL_MS)

  const tick = () => {
    lastLag = pending()
    tickedAt = now()
    for (const watch of watches) watch.seen = add(watch.seen, lastLag)
  }

  return {
    current: () => (stop ? Math.max(lastLag, pending()) : 0),
    watch() {
      if (!stop) {
        tickedAt = now()
        lastLag = 0
        stop = every(INTERVAL_MS, tick)
      }
      const watch = { seen: { worstMs: 0, totalMs: 0 } }
      watches.add(watch)
      return {
        seen: () => (watches.has(watch) ? add(watch.seen, pending()) : watch.seen),
        end() {
          if (!watches.has(watch)) return
          watch.seen = add(watch.seen, pending())
          watches.delete(watch)
          if (watches.size > 0) return
          stop?.()
          stop = undefined
        },
      }
    },
  }
}
