import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose'

/** GA4GH AAI 1.2 allows RS256 and ES256 only. */
export const SIGNING_ALGORITHM = 'ES256'

/** A key that lives as long as the process: whoever logged in before a restart logs in again. */
export interface SigningKey {
  /** With the private part. */
  readonly privateJwk: JWK
  readonly publicJwk: JWK
  /** @param header beside `alg` and `kid` */
  sign(payload: JWTPayload, header: { readonly typ: string; readonly jku?: string }): Promise<string>
}

export async function createSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  const kid = await calculateJwkThumbprint(publicKey)
  const describe = async (key: CryptoKey): Promise<JWK> => {
    return { ...(await exportJWK(key)), kid, use: 'sig', alg: SIGNING_ALGORITHM }
  }
  return {
    privateJwk: await describe(privateKey),
    publicJwk: await describe(publicKey),
    sign: (payload, header) =>
      new SignJWT(payload).setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, ...header }).sign(privateKey),
  }
}
