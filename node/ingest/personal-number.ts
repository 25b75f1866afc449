// Skatteverket, SKV 704: YYMMDD or YYYYMMDD, an optional separator, a serial number of three digits, a check digit.
// Coordination numbers have 60 added to the day.
const FORM = /^(?:\d{2})?(\d{2})(\d{2})(\d{2})[-+]?(\d{3})(\d)$/
const COORDINATION_DAYS = 60
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The Luhn check digit of the nine digits without the century: they are doubled and not, from the left. */
function checkDigit(nine: string): number {
  let sum = 0
  for (const [index, digit] of [...nine].entries()) {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1)
    sum += product > 9 ? product - 9 : product
  }
  return (10 - (sum % 10)) % 10
}

/** Whether a text is a Swedish personal identity number or coordination number: a possible date and the right check digit. */
export function isPersonalNumber(text: string): boolean {
  const match = FORM.exec(text.trim())
  if (!match) return false
  const [, year, month, dayText, serial, check] = match
  const day = Number(dayText) > COORDINATION_DAYS ? Number(dayText) - COORDINATION_DAYS : Number(dayText)
  const days = DAYS[Number(month) - 1]
  if (days === undefined || day < 1 || day > days) return false
  return checkDigit(`${year}${month}${dayText}${serial}`) === Number(check)
}
