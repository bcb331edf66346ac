import { type JsonObject, PlayheadError } from "@playhead/core";
import { messageOf } from "../cleaned-error.ts";
import { copyAsJsonObject } from "../json-copy.ts";
import type { Warn } from "../warnings.ts";
import { matchesTopic, type Topic, topicOf } from "./topic.ts";

/** What happened, as handlers get it: a frozen copy of their own to keep. */
export interface BusEvent {
  /** Such as `clip.progress`, or a word of your own. */
  readonly type: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly ts: string;
  /** Missing outside of any job. */
  readonly job_id?: string;
  /** The W3C trace id, where there is one. */
  readonly correlation_id?: string;
  readonly data: JsonObject;
}

/** Hears of events, one after the other: the next comes when the promise that it returned, if any, is settled. */
export type BusHandler = (event: BusEvent) => unknown;

/** What an event is about, where it is about a job, and when it was, where that is not now. */
export type EventOrigin = Partial<Pick<BusEvent, "ts" | "job_id" | "correlation_id">>;

/** Whether anyone would hear of a type: read before the event is so much as made. */
export interface Interest {
  readonly isWanted: boolean;
}

/** What an {@link EventBus} is made of. */
export interface EventBusOptions {
  /** Hears of handlers that fail, block or cannot keep up. @defaultValue process.emitWarning */
  readonly warn?: Warn;
  /** How many events wait for one handler; the oldest make room for more. @defaultValue 1 000 */
  readonly capacity?: number;
  /** A handler that holds the whole process up for longer is said. @defaultValue 50 */
  readonly blockedMs?: number;
  /** Milliseconds since 1970. @defaultValue the platform's clock */
  readonly nowMs?: () => number;
  /** Runs it soon, but not on the caller's stack. @defaultValue setImmediate */
  readonly defer?: (run: () => void) => void;
}

interface Subscription {
  readonly topic: Topic;
  readonly handler: BusHandler;
  readonly waiting: BusEvent[];
  /** Between the handler's call and the end of the promise that it returned. */
  isBusy: boolean;
  dropped: number;
  /** How many of them were said. */
  toldDropped: number;
}

const CAPACITY = 1_000;
const BLOCKED_MS = 50;
/** So many events a handler gets before others have their turn. */
const TURN = 64;

/**
 * Tells handlers in this process what happens (SPEC §4). Never the only copy of anything. Publishing calls no handler:
 * each has its own bounded queue, is called later, for one event at a time and in order, and what it throws, rejects
 * with or takes too long for is said to `warn` and nobody else's trouble.
 */
export class EventBus {
  readonly #warn: Warn;
  readonly #capacity: number;
  readonly #blockedMs: number;
  readonly #nowMs: () => number;
  readonly #defer: (run: () => void) => void;
  #subscriptions: readonly Subscription[] = [];
  readonly #interests = new Map<string, { isWanted: boolean }>();
  #isScheduled = false;

  constructor(options: EventBusOptions = {}) {
    this.#warn = options.warn ?? ((line) => process.emitWarning(line, "PlayheadWarning"));
    this.#capacity = options.capacity ?? CAPACITY;
    this.#blockedMs = options.blockedMs ?? BLOCKED_MS;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#defer = options.defer ?? ((run) => setImmediate(run));
  }

  /**
   * Tells whoever subscribed to the type. `data` is copied as JSON, only when there is someone. Never throws.
   */
  publish(type: string, data: Readonly<Record<string, unknown>> = {}, origin: EventOrigin = {}): void {
    let event: BusEvent | null = null;
    for (const subscription of this.#subscriptions) {
      if (!matchesTopic(subscription.topic, type)) continue;
      event ??= this.#eventOf(type, data, origin);
      this.#enqueue(subscription, event);
    }
  }

  /**
   * Calls the handler for each event of a type from now on. The same handler is subscribed to a topic once.
   *
   * @param topic a type; all types that begin alike, such as `job.*`; or `*`
   * @returns what unsubscribes it
   * @throws PlayheadError `validation_error` when the topic is none of these, or the handler no function
   */
  subscribe(topic: string, handler: BusHandler): () => void {
    const parsed = topicOf(topic);
    if (typeof handler !== "function")
      throw new PlayheadError(
        "validation_error",
        `expected a handler for ${topic} to be a function, got ${typeof handler}`,
      );
    if (this.#find(topic, handler) === undefined) {
      const subscription = { topic: parsed, handler, waiting: [], isBusy: false, dropped: 0, toldDropped: 0 };
      this.#setSubscriptions([...this.#subscriptions, subscription]);
    }
    return () => this.unsubscribe(topic, handler);
  }

  /** The handler hears of nothing more by this topic, not even of what waits for it. */
  unsubscribe(topic: string, handler: BusHandler): void {
    const over = this.#find(topic, handler);
    if (over === undefined) return;
    over.waiting.length = 0;
    this.#setSubscriptions(this.#subscriptions.filter((each) => each !== over));
  }

  /** Whether anyone would hear of the type, kept true: for code too hot to make events nobody wants. */
  interestIn(type: string): Interest {
    let interest = this.#interests.get(type);
    if (interest === undefined) {
      interest = { isWanted: this.#isWanted(type) };
      this.#interests.set(type, interest);
    }
    return interest;
  }

  #find(topic: string, handler: BusHandler): Subscription | undefined {
    return this.#subscriptions.find((each) => each.topic.text === topic && each.handler === handler);
  }

  #isWanted(type: string): boolean {
    return this.#subscriptions.some(({ topic }) => matchesTopic(topic, type));
  }

  #setSubscriptions(subscriptions: readonly Subscription[]): void {
    this.#subscriptions = subscriptions;
    for (const [type, interest] of this.#interests) interest.isWanted = this.#isWanted(type);
  }

  #eventOf(type: string, data: unknown, { ts, job_id, correlation_id }: EventOrigin): BusEvent {
    return freeze({
      type,
      ts: ts ?? new Date(this.#nowMs()).toISOString(),
      ...(job_id !== undefined && { job_id }),
      ...(correlation_id !== undefined && { correlation_id }),
      data: copyAsJsonObject(data) ?? {},
    });
  }

  #enqueue(subscription: Subscription, event: BusEvent): void {
    const { waiting } = subscription;
    if (waiting.length >= this.#capacity) {
      waiting.shift();
      subscription.dropped += 1;
    }
    waiting.push(event);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#defer(() => {
      this.#isScheduled = false;
      for (const subscription of this.#subscriptions) this.#giveTurn(subscription);
    });
  }

  #giveTurn(subscription: Subscription): void {
    const { waiting } = subscription;
    this.#sayDropped(subscription);
    for (let given = 0; given < TURN && !subscription.isBusy; given += 1) {
      const event = waiting.shift();
      if (event === undefined) return;
      this.#call(subscription, event);
    }
    if (waiting.length > 0 && !subscription.isBusy) this.#schedule();
  }

  #call(subscription: Subscription, event: BusEvent): void {
    const startMs = this.#nowMs();
    let returned: unknown;
    try {
      returned = subscription.handler(event);
    } catch (error) {
      this.#warn(`a handler of ${subscription.topic.text} threw at ${event.type}: ${messageOf(error)}`);
    }
    const tookMs = this.#nowMs() - startMs;
    if (tookMs > this.#blockedMs)
      this.#warn(`a handler of ${subscription.topic.text} held the process up for ${tookMs} ms at ${event.type}`);
    if (isThenable(returned)) this.#await(subscription, event, returned);
  }

  #await(subscription: Subscription, event: BusEvent, returned: PromiseLike<unknown>): void {
    subscription.isBusy = true;
    const goOn = () => {
      subscription.isBusy = false;
      if (subscription.waiting.length > 0) this.#schedule();
    };
    Promise.resolve(returned).then(goOn, (error) => {
      this.#warn(`a handler of ${subscription.topic.text} failed at ${event.type}: ${messageOf(error)}`);
      goOn();
    });
  }

  /** Said at the first, then each time there are twice as many. */
  #sayDropped(subscription: Subscription): void {
    const { dropped, toldDropped, topic } = subscription;
    if (dropped === 0 || dropped < toldDropped * 2) return;
    subscription.toldDropped = dropped;
    this.#warn(`a handler of ${topic.text} is too slow: it has missed ${dropped} events so far, the oldest first`);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
  } catch {
    return false;
  }
}

function freeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) freeze(part);
  return Object.freeze(value);
}
