import type * as OidcProvider from 'oidc-provider'

/** Loads the package without what it prints: it asks for Node 22, and runs on 20.19, as the tests show. */
export async function importOidcProvider(): Promise<typeof OidcProvider> {
  const { warn } = console
  console.warn = () => undefined
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
