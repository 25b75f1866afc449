/** How often the event loop is looked at while questions are in flight. */
const INTERVAL_MS = 20
/** Timers are never quite in time; over a whole question that would add up. */
const LEAST_LAG_MS = 5

/** Calls `tick` every so many milliseconds, or later when the loop is busy; returns how to stop it. */
export type Every = (ms: number, tick: () => void) => () => void

/** One question's view of the lag. */
export interface LagWatch {
  /** How late the loop was since the watch began, all together, milliseconds. */
  lateMs(): number
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

/** @param now monotonic milliseconds */
export function createLoopLag(now: () => number, every: Every = everyByInterval): LoopLag {
  const watches = new Set<{ lateMs: number }>()
  let stop: (() => void) | undefined
  let tickedAt = 0
  let lastLag = 0

  /** What the next tick is late already. A loop that stands still shows only here. */
  const pending = () => {
    const lagMs = now() - tickedAt - INTERVAL_MS
    return lagMs < LEAST_LAG_MS ? 0 : lagMs
  }

  const tick = () => {
    lastLag = pending()
    tickedAt = now()
    for (const watch of watches) watch.lateMs += lastLag
  }

  return {
    current: () => (stop ? Math.max(lastLag, pending()) : 0),
    watch() {
      if (!stop) {
        tickedAt = now()
        lastLag = 0
        stop = every(INTERVAL_MS, tick)
      }
      const watch = { lateMs: 0 }
      watches.add(watch)
      return {
        lateMs: () => (watches.has(watch) ? watch.lateMs + pending() : watch.lateMs),
        end() {
          if (!watches.has(watch)) return
          watch.lateMs += pending()
          watches.delete(watch)
          if (watches.size > 0) return
          stop?.()
          stop = undefined
        },
      }
    },
  }
}
