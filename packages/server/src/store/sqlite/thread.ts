import { parentPort, type Worker } from "node:worker_threads";
import { type ErrorCode, PlayheadError } from "@playhead/core";
import { asStoreError } from "./store-error.ts";

/** What a thread can be asked, by name. Arguments and results must be fit for structured cloning. */
type Questions<Self> = { readonly [Name in keyof Self]: (...args: never[]) => unknown };

/** The question that a thread understands before it is open. */
const OPEN = "open";

interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** An error without what structured cloning would lose. */
interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Of what caused it: for the log. */
  readonly stack: string | undefined;
}

type Answer = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: ErrorMessage };

/** This side of a thread that answers questions, each in its turn. */
export interface ThreadCaller<Options, Self extends Questions<Self>> {
  /** Has the thread prepare itself; to be called once, and before all else. */
  open(options: Options): Promise<void>;
  /** Rejects with what the thread threw, or with `internal_error` when it ended. */
  call<Name extends keyof Self & string>(name: Name, ...args: Parameters<Self[Name]>): Promise<ReturnType<Self[Name]>>;
  /** Resolves when the thread is no more. */
  readonly ended: Promise<void>;
}

/**
 * Asks a thread that {@link serveThread} serves.
 * @param label names it in messages: "the store's writer"
 */
export function callThread<Options, Self extends Questions<Self>>(
  worker: Worker,
  label: string,
): ThreadCaller<Options, Self> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  let failure: PlayheadError | null = null;
  const ended = Promise.withResolvers<void>();

  worker.on("message", (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) asked?.reject(fromMessage(answer.error));
    else asked?.resolve(answer.result);
  });
  worker.on("error", (error) => {
    failure ??= new PlayheadError(
      "internal_error",
      `${label} has crashed: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: "start Playhead again; all that it confirmed is stored",
        cause: error,
      },
    );
  });
  worker.on("exit", () => {
    failure ??= new PlayheadError("service_unavailable", `${label} has ended`, { retryable: false });
    for (const asked of waiting.values()) asked.reject(failure);
    waiting.clear();
    ended.resolve();
  });

  function ask(name: string, args: readonly unknown[]): Promise<unknown> {
    if (failure !== null) return Promise.reject(failure);
    const asked = Promise.withResolvers<unknown>();
    const id = ++lastId;
    waiting.set(id, asked);
    worker.postMessage({ id, name, args } satisfies Question);
    return asked.promise;
  }

  return {
    ended: ended.promise,
    open: (options) => ask(OPEN, [options]) as Promise<void>,
    call: (name, ...args) => ask(name, args) as Promise<never>,
  };
}

/**
 * Answers in a thread, one question after the other, until it was asked to `close`.
 * @param open prepares what answers
 */
export function serveThread<Options, Self extends Questions<Self> & { close(): void }>(
  open: (options: Options) => Self,
): void {
  const port = parentPort;
  if (port === null) throw new TypeError("expected to run in a thread");
  let self: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
    [OPEN]: (options) => {
      self = open(options as Options) as unknown as typeof self;
    },
    close: () => {},
  };
  port.on("message", ({ id, name, args }: Question) => {
    port.postMessage(answerOf(id, () => self[name]?.(...args)));
    if (name === "close") port.close();
  });
}

function answerOf(id: number, work: () => unknown): Answer {
  try {
    return { id, result: work() };
  } catch (error) {
    return { id, error: toMessage(asStoreError(error, "the database")) };
  }
}

function toMessage({ code, message, hint, detail, cause, stack }: PlayheadError): ErrorMessage {
  return { code, message, hint, detail, stack: cause instanceof Error ? cause.stack : stack };
}

function fromMessage({ code, message, hint, detail, stack }: ErrorMessage): PlayheadError {
  const cause = new Error(message);
  cause.stack = stack ?? "";
  return new PlayheadError(code, message, { detail, cause, ...(hint !== undefined && { hint }) });
}
