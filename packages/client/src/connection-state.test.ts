import { CLOSE_CODES } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CONNECTION_EVENTS, CONNECTION_STATES, NOW } from "../test/connection-samples.ts";
import {
  type ConnectionEvent,
  type ConnectionState,
  type ConnectionStatus,
  nextConnectionState,
  STABLE_AFTER_MS,
} from "./connection-state.ts";
import { MAX_RECONNECT_DELAY_MS, MIN_RECONNECT_DELAY_MS } from "./reconnect-delay.ts";

const inputs = { nowMs: NOW, random: 0.5 };

/** Where each event leads to; what is not named here leaves the state alone. */
const MOVES: Readonly<Record<ConnectionStatus, Readonly<Record<string, ConnectionStatus>>>> = {
  idle: { wanted: "authorizing" },
  authorizing: { released: "idle", authorized: "connecting", authorization_failed: "waiting" },
  connecting: {
    released: "idle",
    greeted: "online",
    "closed to come back": "waiting",
    "closed by the network": "waiting",
    "closed for an old token": "waiting",
    "closed for good": "refused",
  },
  online: {
    released: "idle",
    greeted: "online",
    "closed to come back": "waiting",
    "closed by the network": "waiting",
    "closed for an old token": "authorizing",
    "closed for good": "refused",
  },
  waiting: { released: "idle", retry_due: "authorizing", network_lost: "offline" },
  offline: { released: "idle", retry_due: "authorizing", network_found: "waiting" },
  refused: { released: "idle", retry_due: "authorizing" },
};

const CELLS = (Object.entries(CONNECTION_STATES) as [ConnectionStatus, ConnectionState][]).flatMap(([status, state]) =>
  Object.entries(CONNECTION_EVENTS).map(([name, event]) => ({
    status,
    state,
    name,
    event,
    expected: MOVES[status][name] ?? "the same reference",
  })),
);

test.each(CELLS)("I1: $status, $name: $expected", ({ status, state, name, event }) => {
  const expected = MOVES[status][name];
  const after = nextConnectionState(state, event, inputs);
  if (expected === undefined) expect(after).toBe(state);
  else expect(after.status).toBe(expected);
  if (expected !== undefined) expect(after).not.toBe(state);
});

test("I3: a lost connection remembers when what is shown stopped being live, until it is live again", () => {
  const closed = { type: "closed", code: 1006, reason: "" } as const;
  const lost = nextConnectionState(CONNECTION_STATES.online, closed, inputs);
  expect(lost).toMatchObject({ status: "waiting", lostAtMs: NOW });
  const again = nextConnectionState(
    nextConnectionState(lost, { type: "retry_due" }, inputs),
    { type: "authorized" },
    inputs,
  );
  expect(again).toMatchObject({ status: "connecting", lostAtMs: NOW });
});

test("I4: one that lasted starts over with a short delay, one that did not goes on counting", () => {
  const closed = { type: "closed", code: CLOSE_CODES.going_away, reason: "" } as const;
  const flapping: ConnectionState = { status: "online", attempt: 4, onlineAtMs: NOW - 10, retryWindowMs: 1_000 };
  const stable: ConnectionState = { ...flapping, onlineAtMs: NOW - STABLE_AFTER_MS };
  expect(nextConnectionState(flapping, closed, inputs)).toMatchObject({ attempt: 5, retryAtMs: NOW + 9_000 });
  expect(nextConnectionState(stable, closed, inputs)).toMatchObject({ attempt: 1, retryAtMs: NOW + 1_500 });
});

test("I5: a token that is refused again and again is not asked for in a tight loop", () => {
  const expired = { type: "closed", code: CLOSE_CODES.token_expired, reason: "" } as const;
  const first = nextConnectionState({ ...CONNECTION_STATES.online, attempt: 0 } as ConnectionState, expired, inputs);
  expect(first).toMatchObject({ status: "authorizing", attempt: 1 });
  const backAtOnce: ConnectionState = { status: "online", attempt: 1, onlineAtMs: NOW, retryWindowMs: 1_000 };
  expect(nextConnectionState(backAtOnce, expired, inputs).status).toBe("waiting");
});

const anyEvent: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  ...Object.values(CONNECTION_EVENTS).map((event) => fc.constant(event)),
  fc.record({ type: fc.constant("closed" as const), code: fc.integer({ min: 1000, max: 5001 }), reason: fc.string() }),
);

test("I2: whatever happens, the next attempt is 1 to 30 seconds away, and only a code of 4500 and up stops them", () => {
  const steps = fc.array(
    fc.record({
      event: anyEvent,
      passMs: fc.integer({ min: 0, max: 60_000 }),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
  );
  fc.assert(
    fc.property(steps, (all) => {
      let state: ConnectionState = { status: "idle" };
      let nowMs = NOW;
      for (const { event, passMs, random } of all) {
        nowMs += passMs;
        const before: ConnectionState = state;
        state = nextConnectionState(before, event, { nowMs, random });
        if (state === before) continue;
        if (state.status === "waiting" || state.status === "offline") {
          expect(state.retryAtMs - nowMs).toBeGreaterThanOrEqual(MIN_RECONNECT_DELAY_MS);
          expect(state.retryAtMs - nowMs).toBeLessThanOrEqual(MAX_RECONNECT_DELAY_MS);
        }
        if (state.status === "refused")
          expect(event.type === "closed" && event.code >= 4500 && event.code < 5000).toBe(true);
        if (event.type === "released") expect(state).toEqual({ status: "idle" });
      }
    }),
  );
});
