import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

interface Kept {
  readonly payload: AdapterPayload
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Beyond it, what is over is thrown out. */
const SWEEP_AT = 1_000
/** The package's own name for them; they are found here and stored by nobody. */
const CLIENT_MODEL = 'Client'

/** Logins, codes and tokens of one identity provider, in memory: with the process they are gone. */
export function createMemoryStore(
  clients: readonly (AdapterPayload & { readonly client_id: string })[],
  now: () => Date,
): AdapterFactory {
  const kept = new Map<string, Kept>()

  const sweep = () => {
    const at = now().getTime()
    for (const [key, { expiresAt }] of kept) if (expiresAt <= at) kept.delete(key)
  }

  return (model): Adapter => {
    const keyOf = (id: string) => `${model}:${id}`
    const find = (id: string) => {
      const found = kept.get(keyOf(id))
      return found && found.expiresAt > now().getTime() ? found.payload : undefined
    }
    const findWhere = (isMeant: (payload: AdapterPayload) => boolean) => {
      const found = [...kept].find(([key, { payload }]) => key.startsWith(`${model}:`) && isMeant(payload))
      return found && find(found[0].slice(model.length + 1))
    }
    return {
      async upsert(id, payload, expiresIn) {
        if (kept.size >= SWEEP_AT) sweep()
        const expiresAt = expiresIn === undefined ? Infinity : now().getTime() + expiresIn * 1_000
        kept.set(keyOf(id), { payload, expiresAt })
      },
      find: async (id) => (model === CLIENT_MODEL ? clients.find(({ client_id }) => client_id === id) : find(id)),
      findByUid: async (uid) => findWhere((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => findWhere((payload) => payload.userCode === userCode),
      async consume(id) {
        const payload = find(id)
        if (payload) payload.consumed = Math.floor(now().getTime() / 1_000)
      },
      async destroy(id) {
        kept.delete(keyOf(id))
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key)
      },
    }
  }
}
