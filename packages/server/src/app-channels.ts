import { readFile } from "node:fs/promises";
import path from "node:path";
import { PlayheadError } from "@playhead/core";
import type * as z from "zod";
import { CHANNEL_TYPES, type ChannelFault, channelsSettings, createChannels } from "./alerts/channels/all.ts";
import type { Channel } from "./alerts/channels/channel.ts";
import { createAddressGuard } from "./outbound/address-guard.ts";
import { isThisMachine } from "./outbound/this-machine.ts";
import { REPORTS_FOLDER } from "./reports/report-shelf.ts";

/** What the configuration says of channels. */
export interface ChannelsConfig {
  readonly host: string;
  readonly callback_private?: boolean | undefined;
  /** Private networks, addresses and names that channels may call, whatever `callback_private` says. */
  readonly channel_addresses?: readonly string[];
  readonly channels: Readonly<Record<string, unknown>>;
  /** Folder of the data; what is attached to notifications lies in its `reports`. */
  readonly data?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What may be set of channels, each kind with its `type`. */
export const CHANNEL_SETTINGS: readonly z.ZodObject[] = Object.values(CHANNEL_TYPES).map(({ settings }) => settings);

/**
 * The channels of a configuration that its schema has found right.
 *
 * @throws PlayheadError `config_invalid`, see {@link channelFaults}
 */
export function openChannels(config: ChannelsConfig, env: Environment): ReadonlyMap<string, Channel> {
  const { host, callback_private, channel_addresses = [], channels, data } = config;
  const guard = createAddressGuard({
    allowPrivate: callback_private ?? isThisMachine(host),
    allow: channel_addresses,
    words: { field: "url", setting: "channel_addresses" },
  });
  return createChannels(channelsSettings.parse(channels), {
    ...{ guard, nowMs: Date.now, env },
    ...(data !== undefined && { readAttachment: (name: string) => readReport(path.join(data, REPORTS_FOLDER), name) }),
  });
}

/** Only what lies in the folder itself: a name that leads elsewhere is of nothing that we attached. */
async function readReport(folder: string, name: string): Promise<Uint8Array | null> {
  return path.basename(name) === name ? readFile(path.join(folder, name)).catch(() => null) : null;
}

/** What no schema can tell: secrets that are not where they should be, addresses that may not be called. */
export function channelFaults(config: ChannelsConfig, env: Environment) {
  try {
    openChannels(config, env);
    return [];
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    const faults = error.detail.faults as readonly ChannelFault[];
    return faults.map(({ channel, message }) => ({ path: ["channels", channel], message }));
  }
}
