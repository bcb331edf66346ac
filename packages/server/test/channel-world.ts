import { type ChannelsSettings, channelsSettings, createChannels } from "../src/alerts/channels/all.ts";
import type { Channel } from "../src/alerts/channels/channel.ts";
import { createAddressGuard } from "../src/outbound/address-guard.ts";

const GUARD = createAddressGuard({ allowPrivate: true, words: { field: "url", setting: "channel_addresses" } });

/** Makes channels as a configuration does, of settings as they stand in a file; private addresses may be called. */
export function channelsOf(
  settings: { readonly [name: string]: unknown },
  env: Readonly<Record<string, string>> = {},
  readAttachment: (name: string) => Promise<Uint8Array | null> = async () => null,
): ReadonlyMap<string, Channel> {
  const parsed: ChannelsSettings = channelsSettings.parse(settings);
  return createChannels(parsed, { guard: GUARD, nowMs: Date.now, env, readAttachment });
}

/** One of them. */
export function channelOf(settings: unknown, env: Readonly<Record<string, string>> = {}): Channel {
  return channelsOf({ ops: settings }, env).get("ops") as Channel;
}
