import { PlayheadError } from "@playhead/core";
import { Redis, type RedisOptions } from "ioredis";

/** Somebody who waits for an answer waits no longer than this: then the connection is taken for dead, and made anew. */
const ANSWER_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Tried again after this, doubling up to the second, each a random part shorter so that not all come at once. */
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2_000;

/** Where a Redis is, as `redis_url` says it. */
export interface RedisAddress {
  readonly options: RedisOptions;
  readonly db: number;
}

/**
 * Reads `redis://`, `rediss://` (TLS), `unix:///path/to.sock?db=1`, and the bare path of a socket.
 *
 * @throws PlayheadError `config_invalid`
 */
export function parseRedisUrl(url: string): RedisAddress {
  const expected = "expected redis_url to be redis://HOST:PORT/DB, rediss://… or unix:///PATH?db=DB";
  const parsed = URL.parse(url.startsWith("/") ? `unix://${url}` : url);
  if (parsed === null) throw new PlayheadError("config_invalid", `${expected}, got something else`);
  const { protocol, hostname, port, username, password, pathname, searchParams } = parsed;
  if (protocol !== "redis:" && protocol !== "rediss:" && protocol !== "unix:")
    throw new PlayheadError("config_invalid", `${expected}, got ${protocol}//…`);
  const isSocket = protocol === "unix:";
  const db = Number((isSocket ? searchParams.get("db") : pathname.slice(1)) || 0);
  if (!Number.isSafeInteger(db) || db < 0)
    throw new PlayheadError("config_invalid", `${expected}, with a DB that is a number from 0 on`);
  const place = isSocket
    ? { path: decodeURIComponent(pathname) }
    : { host: hostname.replace(/^\[|\]$/g, "") || "127.0.0.1", port: Number(port || 6379) };
  return {
    db,
    options: {
      ...place,
      db,
      ...(username !== "" && { username: decodeURIComponent(username) }),
      ...(password !== "" && { password: decodeURIComponent(password) }),
      ...(protocol === "rediss:" && { tls: {} }),
    },
  };
}

/**
 * A connection that is made anew for as long as it takes. While there is none a command fails at once, and one that was
 * under way fails with it: whoever asked knows better than the connection what of it is worth asking again.
 *
 * @param onError told once of each outage
 */
export function connectRedis({ options }: RedisAddress, name: string, onError: (error: unknown) => void): Redis {
  const all: RedisOptions & { readonly replyMapping: "legacy" } = {
    ...options,
    replyMapping: "legacy",
    connectionName: `playhead-${name}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // Not null: then ioredis drops what is under way when it does not send it again, and never settles it.
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** times) * (0.5 + Math.random() / 2),
  };
  const redis = new Redis(all);
  let isTold = false;
  redis.on("ready", () => {
    isTold = false;
  });
  redis.on("error", (error) => {
    if (isTold) return;
    isTold = true;
    onError(error);
  });
  return redis;
}

/** Resolves when the connection is ready or could not be made at first: it goes on trying, and whoever uses it with it. */
export function attempted(redis: Redis): Promise<void> {
  if (redis.status === "ready") return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      redis.off("ready", settle);
      redis.off("error", settle);
      resolve();
    };
    redis.on("ready", settle);
    redis.on("error", settle);
  });
}
