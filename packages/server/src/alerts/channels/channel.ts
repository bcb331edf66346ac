import type { AlertNotification } from "@playhead/core";
import type * as z from "zod";
import type { AddressGuard } from "../../outbound/address-guard.ts";
import type { SecretSetting } from "./secret.ts";

/** A way to people. */
export interface Channel {
  readonly type: string;
  /** Where it goes, without anything secret. */
  readonly target: string;
  /** A send that takes longer is cut off. */
  readonly limitMs: number;
  /** Sends begin no closer to each other than this; 0 for no limit. */
  readonly paceMs: number;
  /**
   * Sends a notification; the same one twice, where the receiver has not been heard.
   *
   * @returns what the receiver said
   * @throws ChannelRefusal when it is not known to have arrived
   */
  send(notification: AlertNotification, signal: AbortSignal): Promise<{ readonly answer: string }>;
}

/** What channels are made with. */
export interface ChannelDeps {
  readonly guard: AddressGuard;
  readonly nowMs: () => number;
  /** @throws PlayheadError `config_invalid` when it is not where the setting says */
  readonly secret: (setting: SecretSetting) => string;
  /** The bytes of a notification's attachment; null when it is not there any more. */
  readonly readAttachment: (name: string) => Promise<Uint8Array | null>;
}

/** A kind of channel: what can be set, and how one is made of it. */
export interface ChannelType<Settings> {
  readonly settings: z.ZodType<Settings>;
  /** @throws PlayheadError `config_invalid` for settings that cannot work */
  create(settings: Settings, deps: ChannelDeps): Channel;
}

export interface RefusalOptions {
  /** Whether the same notification may get through later. */
  readonly retryable: boolean;
  /** What the receiver asked for. */
  readonly retryAfterMs?: number | null;
  /** What the receiver said, such as `550 no such user`; null when it said nothing. */
  readonly answer?: string | null;
  /** The receiver wants nothing of this channel any more. */
  readonly isGone?: boolean;
}

/** A notification that did not get through, and why. */
export class ChannelRefusal extends Error {
  override readonly name = "ChannelRefusal";
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly answer: string | null;
  readonly isGone: boolean;

  constructor(message: string, { retryable, retryAfterMs = null, answer = null, isGone = false }: RefusalOptions) {
    super(message);
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
    this.answer = answer;
    this.isGone = isGone;
  }
}
