/**
 * The life of the one connection a client holds, as a pure total machine. Clock and randomness come in as inputs.
 *
 *   idle ──wanted──► authorizing ──authorized──► connecting ──greeted──► online
 *    ▲                   ▲  │ failed                  │ closed              │ closed
 *    │ released          │  ▼                         ▼                     ▼
 *    └── (any)           └─ waiting ◄─────────────────┴─────────────────────┘        (greeted again: the link moved)
 *                              │ ▲ network_lost / network_found
 *                              ▼ │
 *                            offline                      refused: closed for good, until someone asks again
 */
import { CLOSE_CODES, mayReconnect } from "@playhead/core";
import { MAX_RECONNECT_DELAY_MS, reconnectDelayMs } from "./reconnect-delay.ts";

interface Lost {
  /** Connections tried in a row without one that lasted. */
  readonly attempt: number;
  /** When what is shown stopped being live; null when it never was. */
  readonly lostAtMs: number | null;
}

/** Where the connection stands. */
export type ConnectionState =
  /** Nobody wants anything. */
  | { readonly status: "idle" }
  /** The token provider is asked. */
  | ({ readonly status: "authorizing" } & Lost)
  /** Dialled; the server has not said hello yet. */
  | ({ readonly status: "connecting" } & Lost)
  | { readonly status: "online"; readonly attempt: number; readonly onlineAtMs: number; readonly retryWindowMs: number }
  /** Lost; comes back by itself at `retryAtMs`. */
  | ({ readonly status: "waiting"; readonly retryAtMs: number } & Lost)
  /** As `waiting`, but the machine says that it has no network, so it tries as seldom as it may. */
  | ({ readonly status: "offline"; readonly retryAtMs: number } & Lost)
  /** The server will not have us: only a new token, or a person, changes that. */
  | ({ readonly status: "refused"; readonly code: number; readonly reason: string } & Lost);

export type ConnectionStatus = ConnectionState["status"];

/** What can happen to a connection. */
export type ConnectionEvent =
  /** There is something to follow. */
  | { readonly type: "wanted" }
  /** There is nothing to follow any more. */
  | { readonly type: "released" }
  | { readonly type: "authorized" }
  | { readonly type: "authorization_failed" }
  /** The server said hello. */
  | { readonly type: "greeted"; readonly retryWindowMs: number }
  /** The socket is gone, or never came up. */
  | { readonly type: "closed"; readonly code: number; readonly reason: string }
  /** `retryAtMs` has come, or a person asked, or the page came to the front. */
  | { readonly type: "retry_due" }
  | { readonly type: "network_lost" }
  | { readonly type: "network_found" };

/** What the machine may know of the world. */
export interface ConnectionInputs {
  readonly nowMs: number;
  /** 0 ≤ random < 1. */
  readonly random: number;
}

/** A connection that lasted this long starts over with short delays. */
export const STABLE_AFTER_MS = 10_000;

/** The window in which clients come back when the server did not name one. */
export const DEFAULT_RETRY_WINDOW_MS = 1_000;

type StateOf<Status extends ConnectionStatus> = Extract<ConnectionState, { readonly status: Status }>;
type EventOf<Type extends ConnectionEvent["type"]> = Extract<ConnectionEvent, { readonly type: Type }>;
type Cell<State, Event> = (state: State, event: Event, inputs: ConnectionInputs) => ConnectionState;

/** Every state × every event: a missing cell does not compile. */
type TransitionTable = {
  readonly [Status in ConnectionStatus]: {
    readonly [Type in ConnectionEvent["type"]]: Cell<StateOf<Status>, EventOf<Type>>;
  };
};

const stay = (state: ConnectionState): ConnectionState => state;
const idle = (): ConnectionState => ({ status: "idle" });
const dial = ({ attempt, lostAtMs }: Lost): ConnectionState => ({ status: "authorizing", attempt, lostAtMs });

/** After one more connection that did not last. */
function wait(
  { attempt, lostAtMs }: Lost,
  inputs: ConnectionInputs,
  windowMs = DEFAULT_RETRY_WINDOW_MS,
): ConnectionState {
  const delayMs = reconnectDelayMs({ attempt, windowMs, random: inputs.random });
  return { status: "waiting", attempt: attempt + 1, lostAtMs, retryAtMs: inputs.nowMs + delayMs };
}

function closeEarly(state: Lost, event: EventOf<"closed">, inputs: ConnectionInputs): ConnectionState {
  return mayReconnect(event.code) ? wait(state, inputs) : refuse(state, event);
}

function refuse({ attempt, lostAtMs }: Lost, { code, reason }: EventOf<"closed">): ConnectionState {
  return { status: "refused", attempt, lostAtMs, code, reason };
}

function closeOnline(state: StateOf<"online">, event: EventOf<"closed">, inputs: ConnectionInputs): ConnectionState {
  const lasted = inputs.nowMs - state.onlineAtMs >= STABLE_AFTER_MS;
  const lost: Lost = { attempt: lasted ? 0 : state.attempt, lostAtMs: inputs.nowMs };
  if (!mayReconnect(event.code)) return refuse(lost, event);
  // A token that ran out is renewed at once; one that is refused again waits like everything else.
  if (event.code === CLOSE_CODES.token_expired && lost.attempt === 0) return dial({ ...lost, attempt: 1 });
  return wait(lost, inputs, state.retryWindowMs);
}

function goOffline(state: Lost, inputs: ConnectionInputs): ConnectionState {
  const { attempt, lostAtMs } = state;
  return { status: "offline", attempt, lostAtMs, retryAtMs: inputs.nowMs + MAX_RECONNECT_DELAY_MS };
}

const TRANSITIONS: TransitionTable = {
  idle: {
    wanted: () => dial({ attempt: 0, lostAtMs: null }),
    released: stay,
    authorized: stay,
    authorization_failed: stay,
    greeted: stay,
    closed: stay,
    retry_due: stay,
    network_lost: stay,
    network_found: stay,
  },
  authorizing: {
    wanted: stay,
    released: idle,
    authorized: ({ attempt, lostAtMs }) => ({ status: "connecting", attempt, lostAtMs }),
    authorization_failed: (state, _, inputs) => wait(state, inputs),
    greeted: stay,
    closed: stay,
    retry_due: stay,
    network_lost: stay,
    network_found: stay,
  },
  connecting: {
    wanted: stay,
    released: idle,
    authorized: stay,
    authorization_failed: stay,
    greeted: ({ attempt }, { retryWindowMs }, { nowMs }) => ({
      status: "online",
      attempt,
      onlineAtMs: nowMs,
      retryWindowMs,
    }),
    closed: closeEarly,
    retry_due: stay,
    network_lost: stay,
    network_found: stay,
  },
  online: {
    wanted: stay,
    released: idle,
    authorized: stay,
    authorization_failed: stay,
    // The link has moved to another transport: nothing was lost, and all is subscribed there.
    greeted: (state, { retryWindowMs }) => ({ ...state, retryWindowMs }),
    closed: closeOnline,
    retry_due: stay,
    // A hint at most: the socket itself knows better, and the watchdog asks it.
    network_lost: stay,
    network_found: stay,
  },
  waiting: {
    wanted: stay,
    released: idle,
    authorized: stay,
    authorization_failed: stay,
    greeted: stay,
    closed: stay,
    retry_due: dial,
    network_lost: (state, _, inputs) => goOffline(state, inputs),
    network_found: stay,
  },
  offline: {
    wanted: stay,
    released: idle,
    authorized: stay,
    authorization_failed: stay,
    greeted: stay,
    closed: stay,
    retry_due: dial,
    network_lost: stay,
    // Everyone's network came back at the same moment: spread out, but start over with short delays.
    network_found: ({ lostAtMs }, _, inputs) => wait({ attempt: 0, lostAtMs }, inputs),
  },
  refused: {
    wanted: stay,
    released: idle,
    authorized: stay,
    authorization_failed: stay,
    greeted: stay,
    closed: stay,
    retry_due: ({ lostAtMs }) => dial({ attempt: 0, lostAtMs }),
    network_lost: stay,
    network_found: stay,
  },
};

/** The state after an event; an event that changes nothing returns the same reference. */
export function nextConnectionState(
  state: ConnectionState,
  event: ConnectionEvent,
  inputs: ConnectionInputs,
): ConnectionState {
  // The table's type ties each cell to its own state and event; the look-up by two strings cannot say so.
  const cell = TRANSITIONS[state.status][event.type] as Cell<ConnectionState, ConnectionEvent>;
  return cell(state, event, inputs);
}
