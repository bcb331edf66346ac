import { randomUUID } from "node:crypto";
import { PlayheadError } from "@playhead/core";
import { Listeners } from "../listeners.ts";
import { attempted, connectRedis, parseRedisUrl } from "./connect.ts";
import { createKeys, OPEN_TTL_MS } from "./keys.ts";
import { createSubscriptions } from "./subscriptions.ts";

export interface RedisSignalsDeps {
  readonly url: string;
  readonly onError: (error: unknown) => void;
}

/** What all processes of an installation must hear at once, such as that a credential was revoked. */
export interface RedisSignals {
  /**
   * Tells all processes that listen, this one too.
   *
   * @throws PlayheadError `service_unavailable` when Redis does not take it: nobody can be told so now. Who could not be
   * reached either is told that something was missed, as soon as it can be
   */
  send(name: string, body: string): Promise<void>;
  /** Each signal of a name comes once, in order. @returns ends it */
  on(name: string, listener: (body: string) => void): () => void;
  /** Signals may have been sent that do not come: whoever goes by them reads anew what matters. @returns ends it */
  onMissed(listener: () => void): () => void;
  close(): void;
}

/** So many signals are kept for who was away for a while. */
const MAX_SIGNALS = 1_000;
/** How often it is looked whether one was lost without a word. */
const CHECK_MS = 5_000;

/**
 * ```
 * KEYS  hash {run, count}, stream        ARGV  channel, a name for the run if there is none, signal, body
 * ```
 */
const SEND_SCRIPT = `
redis.call('HSETNX', KEYS[1], 'run', ARGV[2])
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ${MAX_SIGNALS}, count .. '-0', ARGV[3], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ${OPEN_TTL_MS})
redis.call('PEXPIRE', KEYS[2], ${OPEN_TTL_MS})
redis.call('PUBLISH', ARGV[1], '')
`;

/**
 * A stream holds what was sent, numbered; a message on the channel only says that there is more of it. A number that is
 * missing, and another run of numbers, which Redis begins when it lost the one before, are told as missed.
 */
export async function createRedisSignals({ url, onError }: RedisSignalsDeps): Promise<RedisSignals> {
  const address = parseRedisUrl(url);
  const keys = createKeys(address.db);
  const asking = connectRedis(address, "signals", onError);
  const hearing = connectRedis(address, "signals-live", onError);
  const byName = new Map<string, Listeners<string>>();
  const missed = new Listeners<void>();
  /** What was read: so many of a run; null for a run that has not begun. Undefined before the first look. */
  let run: string | null | undefined;
  let count = 0;
  /** Whether a signal could not be sent since all were told that something was missed. */
  let owesRun = false;
  let reading: Promise<void> | null = null;
  let isDue = false;

  const subscriptions = createSubscriptions({
    redis: hearing,
    onError,
    onMessage: () => void read(),
    onSubscribed: () => void read(),
    onLost: () => undefined,
  });
  subscriptions.add(keys.signalsChannel);
  asking.on("ready", () => {
    void sayOwed();
    void read();
  });
  const timer = setInterval(() => {
    void sayOwed();
    void read();
  }, CHECK_MS);
  timer.unref();

  function read(): Promise<void> {
    isDue = true;
    reading ??= readWhileDue().finally(() => {
      reading = null;
    });
    return reading;
  }

  async function readWhileDue(): Promise<void> {
    while (isDue && asking.status === "ready") {
      isDue = false;
      await readOn().catch((error) => {
        if (asking.status === "ready") onError(error);
      });
    }
  }

  async function readOn(): Promise<void> {
    const [inRun = null, sent] = await asking.hmget(keys.signalCount, "run", "count");
    const isFirst = run === undefined;
    const isGoingOn = inRun === run || (run === null && count === 0);
    run = inRun;
    if (!isGoingOn) {
      count = Number(sent ?? 0);
      if (!isFirst) missed.tell(undefined, onError);
      return;
    }
    // What was sent since that was asked is read when it is known which run it is of.
    if (run === null) return;
    for (const [id, [name = "", body = ""]] of await asking.xrange(keys.signals, `(${count}-0`, "+")) {
      const number = Number.parseInt(id, 10);
      if (number !== count + 1) missed.tell(undefined, onError);
      count = number;
      byName.get(name)?.tell(body, onError);
    }
  }

  /** What could not be sent is told to all as missed: another run begins. */
  async function sayOwed(): Promise<void> {
    if (!owesRun) return;
    try {
      await asking.hset(keys.signalCount, "run", randomUUID());
      owesRun = false;
      await asking.publish(keys.signalsChannel, "");
    } catch (error) {
      if (asking.status === "ready") onError(error);
    }
  }

  await Promise.all([attempted(asking), attempted(hearing)]);
  await read();

  return {
    async send(name, body) {
      const args = [keys.signalCount, keys.signals, keys.signalsChannel, randomUUID(), name, body];
      try {
        await asking.eval(SEND_SCRIPT, 2, ...args);
      } catch (cause) {
        owesRun = true;
        throw new PlayheadError("service_unavailable", `the signal ${name} could not be sent: Redis is away`, {
          cause,
        });
      }
    },
    on(name, listener) {
      const listeners = byName.get(name) ?? new Listeners();
      byName.set(name, listeners);
      const end = listeners.add(listener);
      return () => void end();
    },
    onMissed(listener) {
      const end = missed.add(listener);
      return () => void end();
    },
    close() {
      clearInterval(timer);
      subscriptions.close();
      asking.disconnect();
      hearing.disconnect();
    },
  };
}
