import type { SupabaseChannel, WatchParts } from "./supabase-like.ts";

/**
 * Where a watch stands.
 *
 *   connecting ──► connected ◄──► reconnecting
 *        │             ▲               │
 *        └────────► fallback ◄─────────┘        any ──► closed
 *
 * `fallback`: Supabase is not to be counted on just now. Watching goes on being tried, and `connected` takes over again.
 */
export type WatchState = "connecting" | "connected" | "reconnecting" | "fallback" | "closed";

export interface WatchedChannelDeps extends WatchParts {
  readonly topic: string;
  /** What the server says is ready once changes come through: the broadcasts of the database, or changes of tables. */
  readonly readyBy: "system" | "postgres_changes";
  readonly isPrivate: boolean;
  /** Binds what is to be heard to a channel that is new. */
  readonly listen: (channel: SupabaseChannel) => void;
  /** Changes come through from now on; what was missed is to be read. */
  readonly onReady: () => void;
  readonly onState: (state: WatchState, reason: string | null) => void;
}

/** Without a word of changes coming through for so long, somebody else has to tell of them. */
const READY_WITHIN_MS = 10_000;
/** So many failures in a row say the same. */
const FAILURES = 2;
/** When a channel that the server closed is opened again; the later half is spread by chance. */
const REOPEN_MS = 2_000;
const PROBE_MS = 60_000;

/** Keeps one channel joined. The client itself comes back after a cut; what it does not see to is done here. */
export function watchChannel(deps: WatchedChannelDeps) {
  const { supabase, topic, readyBy, isPrivate, listen, onReady, onState, setTimer, random } = deps;
  let state: WatchState = "connecting";
  let channel: SupabaseChannel | null = null;
  let failures = 0;
  let [isJoined, isFlowing] = [false, false];
  let cancelReady: (() => void) | null = null;
  let cancelReopen: (() => void) | null = null;

  function enter(next: WatchState, reason: string | null): void {
    if (state === next) return;
    state = next;
    onState(next, reason);
  }

  function expectReady(): void {
    cancelReady ??= setTimer(() => {
      cancelReady = null;
      enter("fallback", `no changes came through within ${READY_WITHIN_MS / 1_000} s`);
    }, READY_WITHIN_MS);
  }

  function noteProgress(): void {
    if (!isJoined || !isFlowing) return;
    failures = 0;
    cancelReady?.();
    cancelReady = null;
    enter("connected", null);
    onReady();
  }

  function noteFailure(reason: string): void {
    failures += 1;
    [isJoined, isFlowing] = [false, false];
    if (failures >= FAILURES) enter("fallback", reason);
    else if (state === "connected") enter("reconnecting", reason);
    expectReady();
  }

  /** The client gives up a channel that the server closed, such as one whose token ran out. */
  function reopenLater(): void {
    const withinMs = state === "fallback" ? PROBE_MS : REOPEN_MS;
    cancelReopen ??= setTimer(
      () => {
        cancelReopen = null;
        openOrFail();
      },
      (withinMs * (1 + random())) / 2,
    );
  }

  /** A join goes out with the token that is there when it is made: one that is made too soon is nobody's. */
  async function open(): Promise<void> {
    await supabase.realtime.setAuth();
    if (state !== "closed") join();
  }

  function join(): void {
    const config = { private: isPrivate, ...(isPrivate && { broadcast: { replication_ready: true } }) };
    const opened = supabase.channel(topic, { config });
    channel = opened;
    listen(opened);
    opened.on("system", {}, ({ extension, status }) => {
      if (channel !== opened || extension !== readyBy || status !== "ok") return;
      isFlowing = true;
      noteProgress();
    });
    opened.subscribe((status, error) => {
      if (channel !== opened || state === "closed") return;
      if (status === "SUBSCRIBED") {
        isJoined = true;
        noteProgress();
        return;
      }
      noteFailure(error === undefined ? status : `${status}: ${error.message}`);
      if (status === "CLOSED") {
        channel = null;
        reopenLater();
      }
    });
  }

  function openOrFail(): void {
    open().catch((error: unknown) => {
      noteFailure(String(error));
      reopenLater();
    });
  }

  expectReady();
  openOrFail();
  return {
    state: (): WatchState => state,
    async close(): Promise<void> {
      if (state === "closed") return;
      enter("closed", null);
      cancelReady?.();
      cancelReopen?.();
      if (channel !== null) await supabase.removeChannel(channel);
    },
  };
}
