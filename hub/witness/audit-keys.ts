import { openVerifierKey, toKnownLogs, type HubConfig, type KnownLogs } from '../../schemas/index.js'

/** Why a region cannot have this key; undefined: it can. The name of the key is that of the region's log. */
export function whyAuditKeyRefused(regionId: string, text: string): string | undefined {
  const key = openVerifierKey(text)
  if (!key) return `the auditKey of region ${regionId} is not the key of an audit log`
  return key.name === `${regionId}/audit` ? undefined : `the auditKey of region ${regionId} is that of ${key.name}`
}

/** The audit logs that the hub cosigns: those of regions whose key it was given. */
export function witnessedLogs({ regions }: Pick<HubConfig, 'regions'>): KnownLogs {
  const keys = regions.map(({ auditKey }) => (auditKey === undefined ? undefined : openVerifierKey(auditKey)))
  return toKnownLogs(keys.filter((key) => key !== undefined))
}
