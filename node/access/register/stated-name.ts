import { RegisterError } from './register-error.js'

/** What begins so was authenticated, by the admin API or by the operating system. */
const AUTHENTICATED = /^\s*(admin|cli)\s*:/i

/** A name that somebody only states must not look like one that was authenticated. @throws RegisterError invalid */
export function refuseAuthenticated(name: string): void {
  if (AUTHENTICATED.test(name.normalize('NFKC'))) {
    throw new RegisterError('invalid', 'a name that begins with admin: or cli: is given by nobody')
  }
}
