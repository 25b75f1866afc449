import { ACCOUNTS } from './accounts.js'

function escapeHtml(text: string): string {
  const codes: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => codes[character]!)
}

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a}
.note{border:3px solid #b00020;background:#fff1f1;padding:.75rem 1rem;font-weight:600}
button,input[type=text]{font:inherit;padding:.6rem 1rem}button.person{display:block;width:100%;text-align:left;margin:.5rem 0}
button small{display:block}code{font-size:1.4rem}`

/** @param content HTML */
export function toPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>
<p class="note">Demonstration: nobody is asked for a password here, and anybody can be anyone. Never put real data behind this login.</p>
<h1>${escapeHtml(title)}</h1>
${content}
</main></body></html>
`
}

/** Lets one pick who to be. @param action where the choice goes to */
export function toLoginPage(action: string, client: string): string {
  const people = ACCOUNTS.map(
    ({ id, name, description }) =>
      `<button class="person" name="person" value="${id}">${escapeHtml(name)}<small>${escapeHtml(description)}</small></button>`,
  )
  return toPage(
    'Who are you?',
    `<p>${escapeHtml(client)} asks you to log in.</p>\n<form method="post" action="${escapeHtml(action)}">\n${people.join('\n')}\n</form>`,
  )
}

export function toErrorPage(message: string): string {
  return toPage('This did not work', `<p>${escapeHtml(message)}</p>`)
}

/** @param form of the package, without a button */
export function toCodePage(form: string, problem: string | undefined): string {
  const said = problem === undefined ? 'Enter the code that your terminal shows.' : problem
  return toPage(
    'Log in a terminal',
    `<p>${escapeHtml(said)}</p>\n${form}\n<button form="op.deviceInputForm">Continue</button>`,
  )
}

export function toConfirmPage(form: string, client: string, code: string): string {
  return toPage(
    'Is this your code?',
    `<p>${escapeHtml(client)} shows this code if you started it:</p>\n<p><code>${escapeHtml(code)}</code></p>\n${form}
<button form="op.deviceConfirmForm">Yes, log it in</button>
<button form="op.deviceConfirmForm" name="abort" value="yes">No</button>`,
  )
}

export function toDonePage(): string {
  return toPage('Logged in', '<p>Go back to your terminal; this page can be closed.</p>')
}

export function toHomePage(issuer: string): string {
  const people = ACCOUNTS.map(
    ({ id, name, description }) => `<li><b>${escapeHtml(name)}</b> (<tt>${id}</tt>): ${escapeHtml(description)}</li>`,
  )
  return toPage(
    'Identity provider of the demonstration',
    `<p>Log in with <tt>npx fyr login --issuer ${escapeHtml(issuer)}</tt> as one of</p>\n<ul>${people.join('\n')}</ul>`,
  )
}
