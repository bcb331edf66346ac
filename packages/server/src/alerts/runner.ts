import { setImmediate } from "node:timers/promises";
import type { AlertPosition, AlertStore, AlertWindows, LoggedFact, LogMoment } from "../store/alert-store.ts";
import type { Evaluator } from "./evaluate/evaluator.ts";
import type { Heard, HeardEvent } from "./heard.ts";
import type { Life } from "./life/life.ts";

export interface RunnerDeps {
  readonly store: Pick<
    AlertStore,
    | "putAlerts"
    | "readAlertPosition"
    | "readFactLog"
    | "readFactLogEnd"
    | "readFactLogStart"
    | "readLiveAlerts"
    | "readIncidents"
  >;
  readonly evaluator: Evaluator;
  readonly life: Life;
  readonly nowMs: () => number;
  readonly heardOf: (fact: LoggedFact) => HeardEvent;
  /** Told of each tenant of which something is heard, before it is taken into account. */
  readonly onTenant: (tenantId: string) => void;
  /** Told when there may be something new to send. */
  readonly onStored: () => void;
  /**
   * Told of the tenants whose alerts have changed, when that is stored; of what is only measured, which is stored seldom,
   * as well, once a second.
   */
  readonly onAlerts: (tenantIds: ReadonlySet<string>) => void;
  /** Told of what had to be left out. */
  readonly onSkipped: (message: string, count: number) => void;
  readonly onError: (error: unknown) => void;
}

/** Facts that are read and taken into account in one go. */
const BATCH = 1_000;
/** What is heard live waits up to this many; beyond, the oldest are left out, and counted. */
const MAX_WAITING = 20_000;
/** After a restart at most so many facts are caught up with. */
const MAX_CATCH_UP = 200_000;
/** Then everybody else has a turn: who works hard is not kept waiting by alerts, and who is idle lends them all. */
const SLICE_MS = 1;
const TICK_MS = 1_000;
/** A restart loses no more than so much of what windows heard beside facts. */
const WINDOWS_EVERY_MS = 15_000;
/** How long alerts that are over are looked at again after a restart: the longest cooldown. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;

/**
 * Carries what happens through the evaluator and the life of alerts into the store, a step at a time:
 *
 *   facts behind the position ┐
 *   calls, samples, gauges    ┴► evaluator ► findings ► life ► one transaction {alerts, deliveries, position}
 *
 * The store's position is as of its alerts. Windows are stored less often, as of an earlier fact: after a restart the
 * facts in between fill the windows again, and what they lead to is left out, since that was stored.
 */
export function createRunner(deps: RunnerDeps) {
  const { store, evaluator, life, nowMs, heardOf, onTenant, onStored, onAlerts, onSkipped, onError } = deps;
  const waiting: Heard[] = [];
  let dropped = 0;
  let factId = 0;
  /** Time as far as it was heard of: never goes back, and never beyond now. */
  let heardMs = 0;
  let tickedMs = 0;
  let windowsMs = 0;
  let toldMs = 0;
  let isMoved = false;
  /** Where the log ended at the start. */
  let started: LogMoment = { factId: 0, atMs: 0 };
  let isBehind = false;

  /** What comes late counts as of now: that is when it became known. */
  function timed<Each extends Heard>(heard: Each): Each {
    heardMs = Math.max(heardMs, Math.min(heard.atMs, nowMs()));
    return heard.atMs === heardMs ? heard : { ...heard, atMs: heardMs };
  }

  /** What cannot be taken into account is left out: it would be in the way of all that follows. */
  function guarded<Result>(work: () => Result, otherwise: Result): Result {
    try {
      return work();
    } catch (error) {
      onError(error);
      return otherwise;
    }
  }

  async function hear(heard: Iterable<Heard>): Promise<void> {
    let sliceEndMs = performance.now() + SLICE_MS;
    for (const each of heard) {
      isMoved = true;
      guarded(() => onTenant(each.tenantId), undefined);
      const now = timed(each);
      // What was to happen before it: windows ran empty, also while nobody was there to see it.
      if (now.atMs - tickedMs >= TICK_MS) tick(now.atMs);
      const findings = guarded(() => evaluator.take([now]), []);
      for (const finding of findings) guarded(() => life.take([finding]), undefined);
      if (performance.now() >= sliceEndMs) {
        await setImmediate();
        sliceEndMs = performance.now() + SLICE_MS;
      }
    }
  }

  function tick(atMs: number): void {
    tickedMs = atMs;
    heardMs = Math.max(heardMs, atMs);
    for (const finding of guarded(() => evaluator.tick(atMs), [])) guarded(() => life.take([finding]), undefined);
    guarded(() => life.tick(atMs), undefined);
    const left = life.takeLeft();
    if (left > 0) onSkipped("alerts had no room in memory; they are looked at again while they hold", left);
  }

  async function commit(): Promise<void> {
    const isWindowsDue = isMoved && nowMs() - windowsMs >= WINDOWS_EVERY_MS;
    if (isWindowsDue) life.noteCounts();
    const changes = life.changes();
    if (changes === null && !isWindowsDue) return;
    const moment: LogMoment = { factId, atMs: heardMs };
    const windows: AlertWindows | null = isWindowsDue ? { ...moment, snapshot: evaluator.snapshot() } : null;
    const position: AlertPosition = { ...moment, windows };
    try {
      await store.putAlerts({ alerts: [], deliveries: [], ...changes, position });
    } catch (error) {
      if (changes !== null) life.giveBack(changes);
      throw error;
    }
    if (isWindowsDue) {
      windowsMs = nowMs();
      isMoved = false;
    }
    if (changes === null) return;
    if (changes.deliveries.length > 0) onStored();
    if (changes.alerts.length > 0) onAlerts(new Set(changes.alerts.map(({ tenantId }) => tenantId)));
  }

  function tellMeasured(): void {
    if (Math.abs(nowMs() - toldMs) < TICK_MS) return;
    toldMs = nowMs();
    const tenantIds = life.takeMeasured();
    if (tenantIds.size > 0) onAlerts(tenantIds);
  }

  /** Fills the windows with the facts whose alerts are stored already. */
  async function fill({ windows, ...position }: AlertPosition): Promise<void> {
    if (windows === null || Object.keys(windows.snapshot).length === 0) return;
    evaluator.restore(windows.snapshot);
    heardMs = windows.atMs;
    for (let after = windows.factId; after < position.factId; ) {
      const facts = (await store.readFactLog(after, BATCH)).filter((fact) => fact.factId <= position.factId);
      if (facts.length === 0) break;
      life.recount(evaluator.take(facts.map((fact) => timed(heardOf(fact)))));
      after = facts.at(-1)?.factId ?? position.factId;
    }
    // As they stood there: what says of an alert that it lasts is heard, what it led to is known.
    for (const finding of evaluator.tick(position.atMs)) life.take([finding]);
  }

  /**
   * One step: what was heard, what time brings, and what comes of it into the store. Never two at once.
   * @param mayHaveFacts false when nothing was committed since the last one: then the log is not asked
   * @returns whether there is more to read at once
   * @throws what the store throws; then nothing is lost, and the next step tries again
   */
  async function step(mayHaveFacts = true): Promise<boolean> {
    const facts = mayHaveFacts || isBehind ? await store.readFactLog(factId, BATCH) : [];
    isBehind = facts.length === BATCH;
    const isEarlier = ({ factId }: LoggedFact) => factId <= started.factId;
    await hear(facts.values().filter(isEarlier).map(heardOf));
    // What was committed since the start happened since then, as far as rules go.
    if (factId >= started.factId || !facts.every(isEarlier)) heardMs = Math.max(heardMs, started.atMs);
    await hear(
      facts
        .values()
        .filter((fact) => !isEarlier(fact))
        .map(heardOf),
    );
    factId = facts.at(-1)?.factId ?? factId;
    if (!isBehind) await hear(waiting.splice(0));
    // While it catches up, time is that of what it reads.
    const atMs = isBehind ? heardMs : nowMs();
    if (atMs - tickedMs >= TICK_MS || atMs < tickedMs) tick(atMs);
    await commit();
    tellMeasured();
    return isBehind;
  }

  return {
    /** Goes on from what is stored; to be called once, before all else, when the rules are set. */
    async start(): Promise<void> {
      const [position, end] = [await store.readAlertPosition(), await store.readFactLogEnd()];
      life.restore(await store.readLiveAlerts(nowMs() - REMEMBERED_MS), await store.readIncidents(), nowMs());
      if (position !== null) await fill(position);
      heardMs = Math.max(heardMs, position?.atMs ?? 0);
      started = { factId: end, atMs: nowMs() };
      // Without a position, what was before is history.
      const from = Math.min(end, position?.factId ?? end);
      const { factId: first, skipped } = await store.readFactLogStart(from, MAX_CATCH_UP);
      factId = first;
      if (skipped > 0) onSkipped("facts of before the start were not looked at by alert rules", skipped);
      isMoved = true;
    },
    /** Hears something that is in no log; it is taken into account with the next step. */
    hear(heard: readonly Heard[]): void {
      const surplus = waiting.length + heard.length - MAX_WAITING;
      if (surplus > 0) {
        waiting.splice(0, surplus);
        dropped += surplus;
      }
      waiting.push(...heard.slice(-MAX_WAITING));
    },
    /** How many of those found no room so far. */
    dropped: () => dropped,
    step,
    /** Stores what came of something that was done to the life of alerts. */
    commit,
    /** Takes into account what is there, and stores all that is to be stored, also windows that are not due yet. */
    async finish(): Promise<void> {
      await step();
      windowsMs = 0;
      isMoved = true;
      await commit();
    },
    /** How far it is behind, while there is more than it could read at once. */
    lagMs: (): number => (isBehind ? Math.max(0, nowMs() - heardMs) : 0),
  };
}
