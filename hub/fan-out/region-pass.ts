import { PROJECT_HEADER, PURPOSE_HEADER } from '../../schemas/index.js'

/** What a person shows to one region; `none`: the login service makes no Passports for it. */
export type RegionPass =
  | { readonly kind: 'passport'; readonly passport: string; readonly purpose?: string; readonly project?: string }
  | { readonly kind: 'none' }

/** By region. A region that is not among them is not asked. */
export type RegionPasses = ReadonlyMap<string, RegionPass>

/** Headers by which a region knows the person. */
export function toPassHeaders(pass: RegionPass | undefined): Readonly<Record<string, string>> {
  if (pass?.kind !== 'passport') return {}
  const { passport, purpose, project } = pass
  return {
    authorization: `Bearer ${passport}`,
    ...(purpose === undefined ? {} : { [PURPOSE_HEADER]: purpose }),
    ...(project === undefined ? {} : { [PROJECT_HEADER]: project }),
  }
}
