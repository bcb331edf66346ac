import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { AddressGuard } from "../../outbound/address-guard.ts";
import { type Channel, ChannelRefusal, type ChannelType } from "./channel.ts";
import { email } from "./email/email.ts";
import { file } from "./file/file.ts";
import { pagerduty } from "./pagerduty/pagerduty.ts";
import { manyLines, oneLine } from "./plain-text.ts";
import { createSecrets } from "./secret.ts";
import { slack } from "./slack/slack.ts";
import { webhook } from "./webhook/webhook.ts";

/** The kinds of channels, by the name that `type` has in the configuration. */
export const CHANNEL_TYPES = { email, webhook, slack, pagerduty, file } as const;

/** The channels of a configuration, by their names. */
export const channelsSettings = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
    message: "expected a channel's name of a–z, 0–9, - and _, of at most 63 characters",
  }),
  z.discriminatedUnion("type", [email.settings, webhook.settings, slack.settings, pagerduty.settings, file.settings]),
);
export type ChannelsSettings = z.infer<typeof channelsSettings>;

export interface CreateChannelsDeps {
  readonly guard: AddressGuard;
  readonly nowMs: () => number;
  /** @defaultValue there are none */
  readonly readAttachment?: (name: string) => Promise<Uint8Array | null>;
  /** Where secrets may be. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Why a channel cannot be made: a secret that is not there, an address that may not be called. */
export interface ChannelFault {
  readonly channel: string;
  readonly message: string;
}

const ANSWER_LENGTH = 500;

/**
 * Makes channels of their settings. What they say of what they did is bounded, and holds none of their secrets.
 *
 * @throws PlayheadError `config_invalid` with every {@link ChannelFault} as `detail.faults`
 */
export function createChannels(settings: ChannelsSettings, deps: CreateChannelsDeps): ReadonlyMap<string, Channel> {
  const channels = new Map<string, Channel>();
  const faults: ChannelFault[] = [];
  for (const [name, each] of Object.entries(settings)) {
    try {
      channels.set(name, createChannel(each, deps));
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      faults.push({ channel: name, message: error.message });
    }
  }
  if (faults.length === 0) return channels;
  const message = faults.map((fault) => `channels.${fault.channel}: ${fault.message}`).join("; ");
  throw new PlayheadError("config_invalid", message, { detail: { faults } });
}

function createChannel(settings: ChannelsSettings[string], { env, ...given }: CreateChannelsDeps): Channel {
  const deps = { readAttachment: async () => null, ...given };
  const secrets = createSecrets(env);
  const { create } = CHANNEL_TYPES[settings.type] as ChannelType<typeof settings>;
  const channel = create(settings, { ...deps, secret: secrets.read });
  const told = (text: string) => oneLine(secrets.hide(manyLines(text, ANSWER_LENGTH * 4)), ANSWER_LENGTH);
  return {
    ...channel,
    target: told(channel.target),
    async send(notification, signal) {
      try {
        return { answer: told((await channel.send(notification, signal)).answer) };
      } catch (error) {
        const { message, retryable, retryAfterMs, answer, isGone } = asRefusal(error);
        throw new ChannelRefusal(told(message), {
          retryable,
          retryAfterMs,
          answer: answer === null ? null : told(answer),
          isGone,
        });
      }
    },
  };
}

/** Anything else that is thrown is a defect of ours: the notification is kept, and tried again. */
function asRefusal(error: unknown): ChannelRefusal {
  if (error instanceof ChannelRefusal) return error;
  return new ChannelRefusal(error instanceof Error ? error.message : String(error), { retryable: true });
}
