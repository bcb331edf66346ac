import type { ClusterConfig } from "./app-cluster-config.ts";
import type { NodeShared } from "./app-node-shared.ts";
import { readCredentialsVersion } from "./app-seat.ts";
import { createAuth } from "./auth/auth.ts";
import { watchCredentials } from "./cluster/credential-watch.ts";
import { textOf } from "./error-text.ts";
import type { ServerLog } from "./server-log.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

/** Credentials as a node checks them: by what the engine stored, and up to date with it. */
export async function openNodeAuth({ store }: Pick<NodeShared, "store">, config: ClusterConfig, log: ServerLog) {
  const onError = (error: unknown) => log("warning", "a matter of keys failed", { error: textOf(error) });
  const auth = await createAuth({
    dataFolder: config.data,
    adminKey: config.admin_key,
    secret: config.secret,
    tenantId: DEFAULT_TENANT,
    // When a key was used last is noted by the engine alone: a node writes nothing.
    store: { ...store, putDocument: async () => undefined },
    nowMs: Date.now,
    onError,
  });
  const watch = await watchCredentials({
    readVersion: () => readCredentialsVersion(store),
    reload: auth.reload,
    onError,
  });

  /** Asks once more where somebody is not known, and something has changed: the key may be a moment old. */
  async function orNew<Found>(ask: () => Promise<Found | null>): Promise<Found | null> {
    const found = await ask();
    if (found !== null) return found;
    return (await watch.check().catch(() => false)) ? ask() : null;
  }

  return {
    auth: {
      accessKey: auth.accessKey,
      onRevoked: auth.onRevoked,
      ofRequest: ((...asked) => orNew(() => auth.ofRequest(...asked))) satisfies typeof auth.ofRequest,
      ofUpgrade: ((request) => orNew(() => auth.ofUpgrade(request))) satisfies typeof auth.ofUpgrade,
      ofToken: ((...asked) => orNew(() => auth.ofToken(...asked))) satisfies typeof auth.ofToken,
    },
    /** Ends what these credentials opened here, at once, and then reads what is stored. */
    tellRevoked(ids: readonly string[]): void {
      auth.end(ids);
      void watch.changed();
    },
    close: watch.close,
  };
}
