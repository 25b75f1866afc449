/** Why a change of the register was refused. */
export type RegisterErrorCode = 'invalid' | 'not_found' | 'conflict'

/** A change that the register of access does not take, in one sentence for whoever asked for it. */
export class RegisterError extends Error {
  override readonly name = 'RegisterError'
  readonly code: RegisterErrorCode

  constructor(code: RegisterErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
