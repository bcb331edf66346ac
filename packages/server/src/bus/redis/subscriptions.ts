import type { Redis } from "ioredis";

/** So many channels are subscribed to by one command. */
const CHANNELS_AT_ONCE = 512;
/** Asked again after this where Redis refuses though it is there. */
const RETRY_MS = 500;
/** How often Redis has to show that it is there; a connection that nobody closed may be dead all the same. */
const PING_MS = 5_000;

export interface SubscriptionsDeps {
  /** A connection that is for subscriptions alone, so that nothing holds up what comes. */
  readonly redis: Redis;
  readonly onError: (error: unknown) => void;
  readonly onMessage: (channel: string, message: string) => void;
  /** Whatever is published to these from now on comes. */
  readonly onSubscribed: (channels: readonly string[]) => void;
  /** Nothing comes any more, until it is subscribed to again. */
  readonly onLost: () => void;
}

/** Keeps subscriptions of channels alive, in batches: what is asked for in one turn, and all of it on a new connection. */
export function createSubscriptions({ redis, onError, onMessage, onSubscribed, onLost }: SubscriptionsDeps) {
  const wanted = new Set<string>();
  let toAdd = new Set<string>();
  let toRemove = new Set<string>();
  let isArmed = false;
  let retryTimer: NodeJS.Timeout | null = null;

  redis.on("message", onMessage);
  redis.on("ready", () => {
    toAdd = new Set(wanted);
    toRemove = new Set();
    arm();
  });
  redis.on("close", onLost);
  const pingTimer = setInterval(() => {
    // One that is not answered ends the connection (`socketTimeout`), and that is told of then.
    if (redis.status === "ready") redis.ping().catch(() => undefined);
  }, PING_MS);
  pingTimer.unref();

  function arm(): void {
    if (isArmed) return;
    isArmed = true;
    queueMicrotask(flush);
  }

  function flush(): void {
    isArmed = false;
    if (redis.status !== "ready") return;
    for (const channels of chunksOf([...toRemove])) redis.unsubscribe(...channels).catch(() => undefined);
    for (const channels of chunksOf([...toAdd])) {
      redis.subscribe(...channels).then(
        () => onSubscribed(channels.filter((channel) => wanted.has(channel))),
        (error) => again(channels, error),
      );
    }
    toAdd = new Set();
    toRemove = new Set();
  }

  function again(channels: readonly string[], error: unknown): void {
    // On a new connection all are subscribed to anyway.
    if (redis.status !== "ready") return;
    onError(error);
    for (const channel of channels) if (wanted.has(channel)) toAdd.add(channel);
    retryTimer ??= setTimeout(() => {
      retryTimer = null;
      arm();
    }, RETRY_MS);
  }

  return {
    add(channel: string): void {
      wanted.add(channel);
      toRemove.delete(channel);
      toAdd.add(channel);
      arm();
    },
    remove(channel: string): void {
      wanted.delete(channel);
      if (!toAdd.delete(channel)) toRemove.add(channel);
      arm();
    },
    close(): void {
      clearInterval(pingTimer);
      if (retryTimer !== null) clearTimeout(retryTimer);
    },
  };
}

function* chunksOf(channels: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < channels.length; at += CHANNELS_AT_ONCE) yield channels.slice(at, at + CHANNELS_AT_ONCE);
}
