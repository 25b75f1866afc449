import { readFileSync } from 'node:fs'

/** Version of the package that this file belongs to, as service-info reports it. */
export function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
