import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { isSeq, parseDocument, type Document } from 'yaml'
import { readConfig, type HubConfig, type RegionConfig } from '../../schemas/index.js'
import { whyAuditKeyRefused } from '../witness/audit-keys.js'
import { whyAddressRefused } from './address-policy.js'

/** A region that cannot be added; the message says why. */
export class RegionError extends Error {
  override readonly name = 'RegionError'
}

/** One spelling of a base URL: without trailing slashes. */
export function normaliseRegionUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.search !== '' || url.hash !== '') return undefined
  return url.href.replace(/\/+$/, '')
}

/**
 * Why these regions cannot stand together in one hub; undefined when they can. Two members with one id or one address would
 * count people twice, and a hub that is its own member would ask itself without end.
 */
export function whyRegionsRefused(config: Pick<HubConfig, 'id' | 'regions' | 'allowPrivate'>): string | undefined {
  const ids = new Set<string>()
  const urls = new Set<string>()
  for (const { id, url, auditKey } of config.regions) {
    const normalised = normaliseRegionUrl(url)
    if (normalised === undefined) return `the URL of region ${id} is not a base URL without query or fragment`
    if (id === config.id) return `region ${id} has the id of this hub`
    if (ids.has(id)) return `there is already a region ${id}`
    if (urls.has(normalised)) return `there is already a region with the URL of ${id}`
    const refused = whyAddressRefused(new URL(normalised), config.allowPrivate)
    if (refused !== undefined) {
      return `region ${id} cannot be used: ${refused}${refused.includes('private') ? ' (allowPrivate in hub.yaml)' : ''}`
    }
    const keyRefused = auditKey === undefined ? undefined : whyAuditKeyRefused(id, auditKey)
    if (keyRefused !== undefined) return keyRefused
    ids.add(id)
    urls.add(normalised)
  }
  return undefined
}

/**
 * Adds a region to hub.yaml; comments and order of the file stay. The region need not be up.
 *
 * @throws RegionError, ConfigError
 */
export function addRegion(file: string, region: RegionConfig): RegionConfig {
  const config = readConfig<HubConfig>(file, 'config/hub.json')
  const url = normaliseRegionUrl(region.url)
  if (url === undefined) throw new RegionError('the URL must be a base URL without query or fragment')
  const { id, name, auditKey } = region
  const added = { id, name, url, ...(auditKey === undefined ? {} : { auditKey }) }
  const refused = whyRegionsRefused({ ...config, regions: [...config.regions, added] })
  if (refused !== undefined) throw new RegionError(refused)
  const document = parseDocument(readFileSync(file, 'utf8'))
  document.addIn(['regions'], document.createNode(added))
  const regions = document.get('regions')
  if (isSeq(regions)) regions.flow = false
  replaceFile(file, document)
  return added
}

/**
 * Pins the key of a region's audit log, or another one in its place; comments and order of the file stay.
 *
 * @throws RegionError, ConfigError
 */
export function setAuditKey(file: string, id: string, auditKey: string): void {
  const config = readConfig<HubConfig>(file, 'config/hub.json')
  const index = config.regions.findIndex((region) => region.id === id)
  if (index === -1) throw new RegionError(`there is no region ${id}`)
  const refused = whyAuditKeyRefused(id, auditKey)
  if (refused !== undefined) throw new RegionError(refused)
  const document = parseDocument(readFileSync(file, 'utf8'))
  document.setIn(['regions', index, 'auditKey'], auditKey)
  replaceFile(file, document)
}

/** A reader sees the old file or the new one, never half of it. */
function replaceFile(file: string, document: Document): void {
  const temporary = `${file}.${process.pid}.tmp`
  const descriptor = openSync(temporary, 'wx', statSync(file).mode)
  try {
    writeSync(descriptor, document.toString({ lineWidth: 0 }))
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
