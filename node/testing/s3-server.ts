import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { startObjectServer, type ObjectServer } from './stored-object.js'

export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

const ERROR_CODES: Readonly<Record<number, string>> = {
  403: 'SignatureDoesNotMatch',
  404: 'NoSuchKey',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
}

/** An object store that speaks the part of S3 with which objects are read, path-style, and checks every signature. */
export function startS3Server(region: string, keys: S3Keys | undefined): Promise<ObjectServer> {
  return startObjectServer(
    (response, status, headers = {}) => {
      const code = ERROR_CODES[status] ?? 'InternalError'
      const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
      response.writeHead(status, { 'content-type': 'application/xml', ...headers })
      response.end(response.req.method === 'HEAD' ? undefined : body)
    },
    (request) => (isSigned(request, region, keys) ? undefined : 403),
  )
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function isSigned(request: IncomingMessage, region: string, keys: S3Keys | undefined): boolean {
  const { headers, method, url = '' } = request
  if (!keys) return headers.authorization === undefined
  const match = AUTHORIZATION.exec(headers.authorization ?? '')
  if (!match) return false
  const [, accessKeyId, day, signedRegion, signedHeaders, signature] = match as unknown as string[]
  if (accessKeyId !== keys.accessKeyId || signedRegion !== region) return false
  if (headers['x-amz-security-token'] !== keys.sessionToken) return false
  const [path, query = ''] = url.split('?')
  const canonicalQuery = [...new URLSearchParams(query)]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&')
  const names = signedHeaders!.split(';')
  const canonicalHeaders = names.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('')
  const contentHash = String(headers['x-amz-content-sha256'])
  const canonical = [method, path, canonicalQuery, canonicalHeaders, signedHeaders, contentHash].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const key = [day!, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`)
  return names.includes('host') && hmac(key, toSign).toString('hex') === signature
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
