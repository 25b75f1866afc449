const DURATION =
  /^P(?!$)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Days of a year, month, week, day, hour, minute and second; a month is a twelfth of a year, so that P12M is P1Y. */
const DAYS = [365.25, 365.25 / 12, 7, 1, 1 / 24, 1 / 1_440, 1 / 86_400] as const

/** Days of an ISO 8601 duration (`P32Y6M`); undefined for other text. Durations are compared by it. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text)
  return match ? DAYS.reduce((sum, days, index) => sum + Number(match[index + 1] ?? 0) * days, 0) : undefined
}
