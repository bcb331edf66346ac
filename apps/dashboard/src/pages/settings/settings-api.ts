import type { AlertChannelInfo, JsonObject, JsonValue } from "@playhead/core";
import { client } from "../../client.ts";

/** Where a value comes from. */
export interface SettingOrigin {
  readonly kind: "default" | "file" | "environment" | "flag";
  readonly name: string | null;
}

/** One thing that can be set, as the server has it. */
export interface Setting {
  /** Its path in the file, with dots. */
  readonly key: string;
  readonly section: string;
  readonly description: string;
  /** What is in force. */
  readonly value: JsonValue;
  /** What holds after a restart. */
  readonly configured: JsonValue;
  readonly default: JsonValue;
  readonly is_secret: boolean;
  readonly is_set: boolean;
  readonly origin: SettingOrigin;
  /** Whether a change holds at once. */
  readonly reloadable: boolean;
  readonly unit: string | null;
  readonly environment: readonly string[];
  /** What is allowed, as JSON Schema. */
  readonly schema: { readonly type?: string; readonly enum?: readonly string[] };
}

/** What the server was told to do. */
export interface Configuration {
  readonly file: string | null;
  readonly revision: string;
  readonly settings: readonly Setting[];
  readonly waiting_for_restart: readonly string[];
  /** Why what the file holds now does not hold. */
  readonly refused: { readonly at: string; readonly message: string; readonly faults: readonly string[] } | null;
}

/** A change of the configuration, as the audit log has it. */
export interface ConfigChange {
  readonly audit_id: string;
  readonly ts: string;
  readonly credential_id: string;
  readonly action: string;
  /** The settings that changed. */
  readonly target: string;
}

const { ask } = client.api;
const NEWEST = { page_size: 200 };

/** What the server is asked about its configuration. Each call throws a PlayheadError when it fails. */
export const settingsApi = {
  read: () => ask<Configuration>("GET", "config"),
  /** @throws PlayheadError `config_invalid` with `detail.by_key`; `conflict` when the file is another one by now */
  change: (body: JsonObject, revision: string) =>
    ask<Configuration>("PATCH", "config", { body, headers: { "if-match": `"${revision}"` } }),
  changes: async () => {
    const { entries } = await ask<{ readonly entries: readonly ConfigChange[] }>("GET", "audit", { query: NEWEST });
    return entries.filter(({ action }) => action === "config.changed");
  },
  channels: async () =>
    (await ask<{ readonly channels: readonly AlertChannelInfo[] }>("GET", "alert-channels")).channels,
  testChannel: (name: string) =>
    ask<{ readonly answer: string; readonly latency_ms: number }>(
      "POST",
      `alert-channels/${encodeURIComponent(name)}/test`,
    ),
};
