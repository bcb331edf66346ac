import { randomBytes } from "node:crypto";
import { createCallbacks } from "./callbacks/callbacks.ts";
import { createSigningSecrets } from "./callbacks/signing-secrets.ts";
import type { Config } from "./config/config.ts";
import type { Engine } from "./engine.ts";
import { textOf } from "./error-text.ts";
import { createAddressGuard } from "./outbound/address-guard.ts";
import { isThisMachine } from "./outbound/this-machine.ts";
import type { ServerLog } from "./server-log.ts";

/** Whom jobs call when they have ended. */
export function openCallbacks(engine: Engine, { host, callback_private }: Config, log: ServerLog) {
  const { store, bus, readJob } = engine;
  const secrets = createSigningSecrets({ store, nowMs: Date.now, newKey: () => randomBytes(24) });
  const callbacks = createCallbacks({
    store,
    bus,
    readJob,
    guard: createAddressGuard({
      allowPrivate: callback_private ?? isThisMachine(host),
      words: { field: "callback_url", setting: "callback_private" },
    }),
    secrets,
    nowMs: Date.now,
    random: Math.random,
    newId: () => `msg_${randomBytes(15).toString("base64url")}`,
    onError: (error, jobId) => log("error", "a callback failed", { job_id: jobId, error: textOf(error) }),
  });
  // Who was to be called at the end of the first try waits for the end of the next one.
  engine.setBeforeRetry(async (tenantId, jobId, retryId) => {
    const callback = await callbacks.read(tenantId, jobId);
    return callback === null ? async () => undefined : callbacks.keep(tenantId, retryId, callback.url);
  });
  return { callbacks, secrets };
}

export type CallbackParts = ReturnType<typeof openCallbacks>;
