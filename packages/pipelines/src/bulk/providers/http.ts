import { createWriteStream } from "node:fs";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ensureDiskSpace, unwritable } from "@playhead/ffmpeg";
import { monitor, PlayheadError, type PlayheadErrorOptions } from "@playhead/sdk";
import { ADDRESS_REFUSED, createAddressGuard } from "../../media/address-guard.ts";
import { retryAfterMs } from "../../media/retry-after.ts";
import { MOST_RETRY_AFTER_MS } from "../../media/retry-policy.ts";
import { waitQuietly } from "../../media/with-retries.ts";
import { faultsError } from "../faults.ts";
import { intervalMsOf } from "../limits/rate.ts";
import { createTokenBucket } from "../limits/token-bucket.ts";
import type { HttpSettings } from "./http-settings.ts";
import type { PartRequest, Provider, ProviderContext } from "./provider.ts";
import { refusalOf, wantsToBeAskedLater } from "./refusal.ts";

/** Of an answer that is none, for the log. */
const MAX_WORDS_BYTES = 2_000;

/**
 * Asks a service to make a file of a row: its fields are posted as JSON, the answer is the file. No more often than its
 * rate allows, and not before it said that it may be asked again.
 *
 * @throws PlayheadError `template_invalid` for an address that may not be called, or a header whose value is not there
 */
export function openHttpProvider(settings: HttpSettings, path: string, context: ProviderContext): Provider {
  const { watch, nowMs, allowPrivate } = context;
  const url = new URL(settings.url);
  const guard = createAddressGuard(allowPrivate);
  const headers = headersOf(settings, path, context);
  if (url.username !== "" || url.password !== "") throw fault(`${path}.url: expected no user and no password in it`);
  if (!guard.mayCall(url)) throw fault(`${path}.url: an address of a private network may not be called`);
  const bucket = createTokenBucket(
    settings.rate === undefined ? 0 : intervalMsOf(settings.rate),
    settings.burst,
    nowMs,
  );

  /** Nobody is waited for so long, and nobody is asked before the time either. */
  function throwIfHeldTooLong(): void {
    const heldMs = bucket.heldMs();
    if (heldMs > MOST_RETRY_AFTER_MS) throw wantsToBeAskedLater(heldMs);
  }

  /** Waits until the service may be asked. */
  async function takeTurn({ task, signal }: PartRequest): Promise<void> {
    throwIfHeldTooLong();
    for (let waitMs = bucket.take(); waitMs > 0; waitMs = bucket.heldMs()) {
      throwIfHeldTooLong();
      const endWait = watch.wait(waitMs);
      await waitQuietly(task, waitMs, signal).finally(endWait);
    }
    await task.checkpoint();
  }

  const ask = monitor(
    async function askProvider({ row, use, partPath, signal }: PartRequest): Promise<void> {
      const sent = settings.fields ?? [...row.values.keys()];
      const body = JSON.stringify({
        use,
        fields: Object.fromEntries(sent.map((name) => [name, row.values.get(name) ?? ""])),
      });
      const limit = AbortSignal.timeout(settings.timeout_sec * 1_000);
      try {
        const answer = await send(body, AbortSignal.any([signal, limit]));
        await take(answer, partPath);
      } catch (cause) {
        if (signal.aborted) throw signal.reason;
        if (limit.aborted) throw failed(`did not answer within ${settings.timeout_sec} s`, { cause });
        throw cause instanceof PlayheadError ? cause : networkError(cause);
      }
    },
    { name: "provider.ask", parameters: false, result: false },
  );

  async function send(body: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      lookup: guard.lookup,
      // What the guard let through now says nothing about the next connection.
      agent: false,
      signal,
    });
    request.on("error", reject);
    request.on("response", resolve);
    request.end(body);
    return promise;
  }

  async function take(answer: IncomingMessage, partPath: string): Promise<void> {
    const { statusCode = 0 } = answer;
    if (statusCode < 200 || statusCode > 299) {
      // It may name a date: by the clock on the wall, and not by the one that waits are measured with.
      const retryAfter = retryAfterMs(answer.headers["retry-after"], Date.now());
      const refusal = refusalOf(statusCode, retryAfter, await beginningOf(answer));
      const { retry_after_ms } = refusal.detail;
      if (refusal.code === "rate_limited" && typeof retry_after_ms === "number") bucket.holdFor(retry_after_ms);
      throw refusal;
    }
    const { max_bytes } = settings;
    const expected = Number(answer.headers["content-length"] ?? 0);
    if (expected > max_bytes) {
      answer.destroy();
      throw tooLarge(max_bytes);
    }
    await ensureDiskSpace(dirname(partPath), expected);
    await keep(answer, partPath, max_bytes);
  }

  return {
    async make(request) {
      await takeTurn(request);
      await ask(request);
      return request.partPath;
    },
  };
}

function headersOf(settings: HttpSettings, path: string, { environment }: ProviderContext): Record<string, string> {
  const entries = Object.entries(settings.headers).map(([name, value]) => {
    if (typeof value === "string") return [name, value] as const;
    const found = environment?.[value.env];
    if (environment === null) throw fault(`${path}.headers.${name}: the environment may not be read here`);
    if (found === undefined || found === "") throw fault(`${path}.headers.${name}: ${value.env} is not set`);
    return [name, value.prefix + found] as const;
  });
  return Object.fromEntries(entries);
}

function fault(words: string): PlayheadError {
  return faultsError("template_invalid", [words], "private addresses are called with --allow-private only");
}

/** Writes the answer into a file, as much as may be and no more. */
async function keep(answer: IncomingMessage, path: string, maxBytes: number): Promise<void> {
  let bytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > maxBytes ? tooLarge(maxBytes) : null, chunk);
    },
  });
  try {
    await pipeline(answer, counting, createWriteStream(path));
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    if (syscall === "open" || syscall === "write") throw unwritable(path, error);
    throw error;
  }
  if (bytes === 0) throw failed("answered with an empty file");
}

async function beginningOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_WORDS_BYTES) break;
    }
  } catch {
    // Its status says what matters.
  }
  return Buffer.concat(chunks).subarray(0, MAX_WORDS_BYTES).toString();
}

function networkError(cause: unknown): PlayheadError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === ADDRESS_REFUSED) {
    return new PlayheadError("provider_refused", "the provider's name leads into a private network", {
      hint: "private addresses are called with --allow-private only",
      cause,
    });
  }
  return new PlayheadError("network_failed", `the provider cannot be reached: ${code ?? "the connection failed"}`, {
    hint: "check its address and the network",
    cause,
  });
}

function tooLarge(maxBytes: number): PlayheadError {
  return failed(`answered with more than ${maxBytes} bytes`, { retryable: false });
}

function failed(words: string, options: PlayheadErrorOptions = {}): PlayheadError {
  return new PlayheadError("provider_failed", `the provider ${words}`, options);
}
