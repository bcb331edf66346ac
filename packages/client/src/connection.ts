import { CLOSE_CODES, type ClientFrame, type ServerFrame } from "@playhead/core";
import type { Clock } from "./clock.ts";
import {
  type ConnectionEvent,
  type ConnectionState,
  DEFAULT_RETRY_WINDOW_MS,
  nextConnectionState,
} from "./connection-state.ts";
import { livenessOf, PONG_TIMEOUT_MS } from "./liveness.ts";
import { MIN_RECONNECT_DELAY_MS } from "./reconnect-delay.ts";
import { addresseeOf, unpackFrame } from "./server-frame.ts";
import { createStore, type Store } from "./store.ts";
import type { Surroundings, SurroundingsHint } from "./surroundings.ts";
import { createTokenRefresh } from "./token-refresh.ts";
import { ABNORMAL_CLOSE, type Dial, type Link } from "./transport.ts";

/** What a subscription asks for. */
export type SubscribeFrame = Extract<ClientFrame, { readonly type: "subscribe" }>;

/** Something that is followed. */
export interface Subscription {
  /** What comes by the job's id rather than by the request's: its events, or the lines of its log. */
  readonly of: "events" | "logs" | "list";
  /** The job that is followed; null for a list. */
  readonly jobId: string | null;
  /** What to ask for, asked anew at each (re)subscription: where one stands changes. */
  request(ref: string): SubscribeFrame;
  /** What came for it, in order, batches unpacked. */
  receive(frames: readonly ServerFrame[]): void;
}

/** A subscription as its owner holds it. */
export interface SubscriptionHandle {
  /** Subscribes afresh, on the connection that there is. */
  renew(): void;
  end(): void;
}

/** One connection, many subscriptions; it comes back by itself, and subscribes them again from where each stands. */
export interface Connection {
  readonly state: Store<ConnectionState>;
  subscribe(subscription: Subscription): SubscriptionHandle;
  /** Tries again now, also after the server refused us. */
  retry(): void;
  /** Ends everything for good. */
  close(): void;
}

export interface ConnectionDeps {
  readonly dial: Dial;
  /** Asked before each dial, so that a page that wakes never comes with an old token, and ahead of the token's end. */
  readonly token: (() => Promise<string>) | undefined;
  readonly clock: Clock;
  readonly surroundings: Surroundings;
}

/** How long a connection that nobody uses is kept, so that going from page to page keeps it. */
const LINGER_MS = 3_000;

/** Creates the connection; it dials when the first subscription comes, and holds on to nothing while it is idle. */
export function createConnection({ dial, token, clock, surroundings }: ConnectionDeps): Connection {
  const state = createStore<ConnectionState>({ status: "idle" });
  const subscriptions = new Map<string, Subscription>();
  let link: Link | null = null;
  let cancelTimer = () => {};
  let cancelLinger = () => {};
  let lastRef = 0;
  let heardAtMs = 0;
  let askedAtMs: number | null = null;
  let heartbeatMs = 0;
  let closed = false;
  let unwatch: (() => void) | null = null;
  const refresh =
    token &&
    createTokenRefresh({
      token,
      clock,
      send: (fresh) => link?.send({ type: "auth", data: { ref: "auth", token: fresh } }),
    });

  function onHint(hint: SurroundingsHint): void {
    if (hint !== "woken") dispatch({ type: hint });
    if (state.getSnapshot().status === "online") checkLiveness("asked");
    // Someone looks, so that nothing is waited for. Whoever was refused is not let in by looking at the page again.
    if (hint === "woken" && state.getSnapshot().status !== "refused") dispatch({ type: "retry_due" });
  }

  function dispatch(event: ConnectionEvent): void {
    const before = state.getSnapshot();
    const after = nextConnectionState(before, event, { nowMs: clock.nowMs(), random: clock.random() });
    if (after === before) return;
    if (after.status !== "connecting" && after.status !== "online") dropLink();
    cancelTimer();
    refresh?.stop();
    if (after.status === "idle") {
      unwatch?.();
      unwatch = null;
    } else {
      unwatch ??= surroundings.watch(onHint);
    }
    state.set(after);
    // A listener may have moved it on.
    if (state.getSnapshot() === after) enter(after);
  }

  /** What a state does when it begins. */
  function enter(entered: ConnectionState): void {
    switch (entered.status) {
      case "authorizing":
        return void authorize(entered);
      case "online":
        checkLiveness("due");
        for (const ref of subscriptions.keys()) ask(ref);
        return;
      case "waiting":
        if (surroundings.isOffline()) return dispatch({ type: "network_lost" });
        return retryAt(entered.retryAtMs);
      case "offline":
        return retryAt(entered.retryAtMs);
    }
  }

  function retryAt(atMs: number): void {
    cancelTimer = clock.after(Math.max(0, atMs - clock.nowMs()), () => dispatch({ type: "retry_due" }));
  }

  async function authorize(entered: ConnectionState): Promise<void> {
    let given: string | null;
    try {
      given = token === undefined ? null : await token();
    } catch {
      if (state.getSnapshot() === entered) dispatch({ type: "authorization_failed" });
      return;
    }
    if (state.getSnapshot() !== entered) return;
    dispatch({ type: "authorized" });
    if (state.getSnapshot().status === "connecting") connect(given);
  }

  function connect(given: string | null): void {
    try {
      const mine: Link = dial(given, {
        onFrame: (frame) => link === mine && receive(frame),
        onClosed: (code, reason) => link === mine && dispatch({ type: "closed", code, reason }),
      });
      link = mine;
    } catch {
      // Browsers throw where a page may not dial at all, such as from https to ws.
      return dispatch({ type: "closed", code: ABNORMAL_CLOSE, reason: "could not dial" });
    }
    // A server that accepts and then says nothing is none.
    cancelTimer = clock.after(PONG_TIMEOUT_MS, () =>
      dispatch({ type: "closed", code: CLOSE_CODES.no_pong, reason: "no hello" }),
    );
  }

  function dropLink(): void {
    link?.close();
    link = null;
  }

  function receive(frame: ServerFrame): void {
    heardAtMs = clock.nowMs();
    askedAtMs = null;
    if (frame.type === "hello") {
      heartbeatMs = frame.data.heartbeat_ms;
      dispatch({ type: "greeted", retryWindowMs: frame.data.retry_window_ms ?? DEFAULT_RETRY_WINDOW_MS });
      if (link !== null) refresh?.endsAt(frame.data.expires_at);
      return;
    }
    if (frame.type === "authorized") return refresh?.endsAt(frame.data.expires_at);
    if (frame.type === "error" && frame.data.retryable) return askLater(frame.data.ref, frame.data.retry_after_ms);
    const byRef = new Map<string, ServerFrame[]>();
    for (const each of unpackFrame(frame)) {
      for (const ref of refsFor(each)) {
        const frames = byRef.get(ref);
        if (frames === undefined) byRef.set(ref, [each]);
        else frames.push(each);
      }
    }
    for (const [ref, frames] of byRef) subscriptions.get(ref)?.receive(frames);
  }

  function* refsFor(frame: ServerFrame): Generator<string> {
    const addressee = addresseeOf(frame);
    if (addressee !== null && "ref" in addressee) return yield addressee.ref;
    for (const [ref, { jobId, of }] of subscriptions) {
      if (addressee === null || (addressee.jobId === jobId && addressee.of === of)) yield ref;
    }
  }

  function checkLiveness(why: "due" | "asked"): void {
    cancelTimer();
    const nowMs = clock.nowMs();
    const liveness = livenessOf(nowMs - heardAtMs, askedAtMs === null ? null : nowMs - askedAtMs, heartbeatMs);
    if (liveness === "dead") return dispatch({ type: "closed", code: CLOSE_CODES.no_pong, reason: "no answer" });
    if (liveness === "doubtful" || why === "asked") {
      askedAtMs ??= nowMs;
      link?.send({ type: "ping", data: {} });
    }
    cancelTimer = clock.after(PONG_TIMEOUT_MS / 2, () => checkLiveness("due"));
  }

  function ask(ref: string): void {
    const frame = subscriptions.get(ref)?.request(ref);
    if (frame !== undefined) link?.send(frame);
  }

  function askLater(ref: string | null, retryAfterMs: number | null): void {
    if (ref !== null) clock.after(retryAfterMs ?? MIN_RECONNECT_DELAY_MS, () => ask(ref));
  }

  function release(): void {
    cancelLinger();
    cancelLinger = clock.after(LINGER_MS, () => subscriptions.size === 0 && dispatch({ type: "released" }));
  }

  return {
    state,
    subscribe(subscription) {
      let ref = "";
      const begin = () => {
        ref = `s${++lastRef}`;
        subscriptions.set(ref, subscription);
        if (state.getSnapshot().status === "online") ask(ref);
      };
      const end = () => {
        if (!subscriptions.delete(ref)) return;
        if (state.getSnapshot().status === "online") link?.send({ type: "unsubscribe", data: { ref } });
        if (subscriptions.size === 0 && !closed) release();
      };
      begin();
      if (!closed) dispatch({ type: "wanted" });
      return {
        renew() {
          if (!subscriptions.has(ref)) return;
          // The new ref tells answers to this request from those to the last one.
          if (state.getSnapshot().status === "online") link?.send({ type: "unsubscribe", data: { ref } });
          subscriptions.delete(ref);
          begin();
        },
        end,
      };
    },
    retry: () => dispatch({ type: "retry_due" }),
    close() {
      closed = true;
      cancelLinger();
      dispatch({ type: "released" });
    },
  };
}
