/**
 * Which transport carries the frames: the best one that works here, found without being asked.
 *
 *   websocket ──fails 3 times──► event_stream ──fails 3 times──► polling ──fails 3 times──► websocket …
 *       ▲                             │                             │
 *       ├──── a probe that lasts ◄────┼─────────────────────────────┤
 *       └──── nobody there at all ◄───┴─────────────────────────────┘
 *
 * A server that is away fails on all of them alike. So a lower transport that finds nobody gives back to the first; and
 * one that finds the server has the first tried once more, before anything is carried: it may have been away until now.
 */
import type { ServerFrame } from "@playhead/core";
import type { Clock } from "../clock.ts";
import type { Dial, Link, LinkHandlers } from "../transport.ts";
import { MAX_FAILURES, watchDial } from "../transport-watch.ts";
import { probeTransport } from "./probe.ts";

export interface LadderDeps {
  /** Best first. */
  readonly rungs: readonly Dial[];
  /** The rung to begin on, counted from 0. */
  readonly start: number;
  /** For probes, which come when the token of the dial may be old. */
  readonly token: (() => Promise<string>) | undefined;
  readonly clock: Clock;
}

/** A better transport is tried after this, and then ever more seldom. */
const FIRST_PROBE_MS = 30_000;
const MAX_PROBE_MS = 8 * 60_000;
/** How long a better one must last, to be believed. */
const PROOF_MS = 5_000;

/** A `Dial` that goes down its rungs when they fail, and up again, without a gap, when a better one works. */
export function createLadder({ rungs, start, token, clock }: LadderDeps): Dial {
  let rung = start % rungs.length;
  let failures = 0;
  /** Whether the failures of the first may have been the server's absence: not when it has failed again since. */
  let wasAway = true;

  function ended(failed: boolean, greeted: boolean): void {
    if (!failed) {
      failures = 0;
      wasAway ||= rung === 0;
    } else if (rung > 0 && !greeted) {
      rung = 0;
      failures = MAX_FAILURES - 1;
    } else if (++failures === MAX_FAILURES) {
      failures = 0;
      rung = (rung + 1) % rungs.length;
    }
  }

  const watched = rungs.map((dial) => watchDial(dial, clock, ended));
  const dialOf = (index: number) => watched[index] as Dial;

  return (given, handlers) => {
    let cancelProbe = () => {};
    const mine: LinkHandlers = {
      onFrame(frame) {
        if (frame.type === "hello" && rung > 0) {
          if (wasAway) return tryFirstAgain(frame);
          probeIn(FIRST_PROBE_MS);
        }
        handlers.onFrame(frame);
      },
      onClosed(code, reason) {
        cancelProbe();
        handlers.onClosed(code, reason);
      },
    };
    let link: Link = dialOf(rung)(given, mine);

    function tryFirstAgain(hello: ServerFrame): void {
      wasAway = false;
      cancelProbe = probeTransport(rungs[0] as Dial, given, clock, 0, (takeOver) => {
        if (takeOver === null) mine.onFrame(hello);
        else move(0, takeOver);
      });
    }

    function move(index: number, takeOver: Dial): void {
      link.close();
      link = watchDial(takeOver, clock, ended)(null, mine);
      rung = index;
      failures = 0;
    }

    /** Tries the better rungs while this one goes on, best first. */
    function probeIn(delayMs: number): void {
      cancelProbe();
      cancelProbe = clock.after(delayMs * (1 + clock.random()), () => {
        void probe(0, Math.min(delayMs * 2, MAX_PROBE_MS));
      });
    }

    async function probe(index: number, nextMs: number): Promise<void> {
      if (index === rung) return probeIn(nextMs);
      let wanted = true;
      cancelProbe = () => {
        wanted = false;
      };
      const fresh = await token?.().catch(() => null);
      if (!wanted) return;
      cancelProbe = probeTransport(rungs[index] as Dial, fresh ?? null, clock, PROOF_MS, (takeOver) => {
        if (takeOver === null) void probe(index + 1, nextMs);
        else move(index, takeOver);
      });
    }

    return {
      send: (frame) => link.send(frame),
      close() {
        cancelProbe();
        link.close();
      },
    };
  };
}
