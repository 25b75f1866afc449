import type { Claims } from './decode-token.js'
import { RefusedError } from './refused.js'

/** Longer names are none that a broker gives, and would fill audit and registers. */
const MAXIMUM_TEXT = 255
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/

/** A claim that is text, where it is there. @throws RefusedError it is something else */
export function readText(claims: Claims, name: string): string | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === '' || value.length > MAXIMUM_TEXT || CONTROL.test(value)) {
    throw new RefusedError(`its ${name} cannot be used`)
  }
  return value
}

/** @throws RefusedError it is missing, or something else */
export function requireText(claims: Claims, name: string): string {
  const value = readText(claims, name)
  if (value === undefined) throw new RefusedError(`its ${name} is missing`)
  return value
}

/** A claim that is a time in whole seconds since 1970, where it is there. @throws RefusedError it is something else */
export function readTime(claims: Claims, name: string): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new RefusedError(`its ${name} cannot be used`)
  return Math.floor(value)
}

/** @throws RefusedError it is missing, or something else */
export function requireTime(claims: Claims, name: string): number {
  const value = readTime(claims, name)
  if (value === undefined) throw new RefusedError(`its ${name} is missing`)
  return value
}

/** A claim that is an object, where it is there. @throws RefusedError it is something else */
export function readObject(claims: Claims, name: string): Claims | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RefusedError(`its ${name} cannot be used`)
  }
  return value as Claims
}

/** The words of `scope` (RFC 8693 section 4.2). @throws RefusedError it is something else */
export function readScope({ scope }: Claims): ReadonlySet<string> {
  if (scope === undefined) return new Set()
  if (typeof scope !== 'string') throw new RefusedError('its scope cannot be used')
  return new Set(scope.split(' '))
}
