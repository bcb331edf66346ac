/**
 * The states of a job's gate, through which all of its work passes.
 *
 *             pause               quiet
 *     open ─────────► pausing ─────────► paused
 *      ▲  ◄───────────── │                 │
 *      │      resume     │                 │
 *      └─────────────────┼─────────────────┘ resume
 *      │                 │                 │
 *      └─────────────────┴─────────────────┴──► canceled, for good
 *                      cancel
 *
 * `quiet` says that all running work stands still: at a checkpoint, or because its program is stopped.
 */
export type GateState = "open" | "pausing" | "paused" | "canceled";

export type GateEvent = "pause" | "resume" | "cancel" | "quiet";

/** `GATE_TRANSITIONS[state][event]`: the state after it; the same one where the event changes nothing. Total. */
export const GATE_TRANSITIONS: Readonly<Record<GateState, Readonly<Record<GateEvent, GateState>>>> = {
  open: { pause: "pausing", resume: "open", cancel: "canceled", quiet: "open" },
  pausing: { pause: "pausing", resume: "open", cancel: "canceled", quiet: "paused" },
  paused: { pause: "paused", resume: "open", cancel: "canceled", quiet: "paused" },
  canceled: { pause: "canceled", resume: "canceled", cancel: "canceled", quiet: "canceled" },
};
