import type { Publication } from "../bus.ts";
import { type Listener, Listeners } from "../listeners.ts";
import type { JobState } from "./job-state.ts";
import type { Message } from "./message.ts";

/** Where a job stands here. Numbers are null while they are not known. */
export interface FollowedPosition {
  readonly epoch: string | null;
  readonly tenantId: string | null;
  readonly seq: number | null;
  readonly tick: number;
  readonly log: number | null;
}

/** What a repair found of what was missed. */
export interface FoundMissing {
  readonly epoch: string | null;
  readonly tenantId: string | null;
  /** How far the job has come by all that is known. */
  readonly seq: number;
  /** Null where nobody asked for lines, and none are known. */
  readonly log: number | null;
  /** Facts, then ticks in the order of their numbers, then lines. */
  readonly publications: readonly Publication[];
}

const NOWHERE: FollowedPosition = { epoch: null, tenantId: null, seq: null, tick: 0, log: null };
/** While something is repaired so many messages are kept; with more of them it is repaired once more. */
const MAX_WAITING = 1_000;

export interface FollowedJobDeps {
  readonly wantRepair: (job: FollowedJob) => void;
  /** Told after listeners were. */
  readonly onTold: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * One job that is followed in this process: lets through what fits on what was heard, and nothing twice.
 *
 * ```
 *               repaired                  a number is missing, or the connection was lost
 *   repairing ────────────► live ────────────────────────────────────────────────► repairing
 *       ▲                     │ nobody listens
 *       └──── a listener ── idle
 * ```
 *
 * A class, since there may be very many.
 */
export class FollowedJob {
  readonly jobId: string;
  /** Whether its channel is subscribed to, as far as Redis has said. */
  isSubscribed = false;
  /** Whether the next repair asks the store, whatever Redis says. */
  asksStore = false;
  /** Whether somebody needs all lines of its log: then it has to be known where that stands. */
  wantsLines = false;
  /** Since when nobody listens; null while somebody does. */
  idleSinceMs: number | null = null;
  readonly #listeners = new Listeners<readonly Publication[]>();
  readonly #deps: FollowedJobDeps;
  #position: FollowedPosition = NOWHERE;
  /** What came while something is repaired; null while nothing is. */
  #waiting: Message[] | null = [];
  #overflowed = false;
  #onLinesKnown: (() => void)[] = [];
  /** How far Redis was, if further than this, when that was checked last. */
  #ahead: Pick<JobState, "seq" | "tick" | "log"> | null = null;

  constructor(jobId: string, deps: FollowedJobDeps) {
    this.jobId = jobId;
    this.#deps = deps;
  }

  /** @returns ends the subscription */
  add(listener: Listener<readonly Publication[]>, nowMs: () => number): () => void {
    const end = this.#listeners.add(listener);
    if (this.idleSinceMs !== null) {
      this.idleSinceMs = null;
      if (this.isSubscribed) this.repair();
    }
    return () => {
      if (!end() || this.#listeners.size > 0) return;
      this.idleSinceMs = nowMs();
      this.#forget();
    };
  }

  /** Where it stands is not kept up while nobody listens. */
  #forget(): void {
    this.#position = NOWHERE;
    this.#waiting = [];
    this.#onLinesKnown = [];
    this.wantsLines = false;
  }

  position(): FollowedPosition {
    return this.#position;
  }

  /** Whether anybody listens. */
  isHeard(): boolean {
    return this.idleSinceMs === null;
  }

  isLive(): boolean {
    return this.#waiting === null;
  }

  /** Calls when it is live, and known where its log stands. */
  whenLinesKnown(call: () => void): void {
    this.wantsLines = true;
    if (this.isLive() && this.#position.log !== null) return call();
    this.#onLinesKnown.push(call);
    if (this.isLive()) this.repair();
  }

  subscribed(): void {
    this.isSubscribed = true;
    this.repair();
  }

  lost(): void {
    this.isSubscribed = false;
    this.#waiting ??= [];
  }

  /** Redis may not know what was missed. */
  doubt(): void {
    this.asksStore = true;
    this.repair();
  }

  /** Something may have been missed: what comes waits for what is found of it. */
  repair(): void {
    this.#waiting ??= [];
    if (this.isHeard()) this.#deps.wantRepair(this);
  }

  /** Facts that the store has while nothing else can be known: they are told at once, and all else when it is repaired. */
  foundMeanwhile(before: FollowedPosition, facts: readonly Publication[]): void {
    const last = facts.at(-1);
    if (last === undefined || this.#position !== before || this.#waiting === null) return;
    this.#position = { ...before, seq: last.seq };
    this.#tell(facts);
  }

  /** Compares with how far Redis is; what it was further by at the last check as well is not on its way, but lost. */
  check(head: Pick<JobState, "epoch" | "seq" | "tick" | "log"> | null): void {
    const isLost = this.#ahead !== null && this.#isBehind(this.#ahead);
    this.#ahead = head !== null && head.epoch === this.#position.epoch && this.#isBehind(head) ? head : null;
    if (isLost) this.repair();
  }

  #isBehind(head: Pick<JobState, "seq" | "tick" | "log">): boolean {
    const { seq, tick, log } = this.#position;
    return head.seq > (seq ?? 0) || head.tick > tick || (log !== null && head.log > log);
  }

  hear(message: Message): void {
    if (this.#waiting === null) return this.#pass(message);
    if (this.#waiting.length < MAX_WAITING) {
      this.#waiting.push(message);
    } else {
      this.#waiting = [];
      this.#overflowed = true;
    }
  }

  repaired(found: FoundMissing): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    const tick = found.epoch === this.#position.epoch ? this.#position.tick : 0;
    this.#position = {
      epoch: found.epoch ?? waiting.at(-1)?.epoch ?? this.#position.epoch,
      tenantId: found.tenantId ?? waiting.at(-1)?.tenantId ?? this.#position.tenantId,
      seq: found.seq,
      tick: found.publications.reduce((most, each) => Math.max(most, each.tick ?? 0), tick),
      log: found.log,
    };
    this.#ahead = null;
    this.#tell(found.publications);
    if (this.#overflowed) {
      this.#overflowed = false;
      return this.repair();
    }
    for (const message of waiting) {
      // One of them may stand behind a gap: then the others wait with it.
      if (message.epoch === this.#position.epoch) this.hear(message);
    }
    if (this.#waiting !== null || this.#position.log === null) return;
    const calls = this.#onLinesKnown;
    this.#onLinesKnown = [];
    for (const call of calls) call();
  }

  #pass(message: Message): void {
    const { epoch } = this.#position;
    if (epoch !== null && message.epoch !== epoch) {
      // Another history: no number of this one counts in it, but for those of log lines, which are of all histories.
      this.#position = { ...this.#position, epoch: message.epoch, seq: null, tick: 0 };
      return this.#wait(message);
    }
    const { fitting, isWhole } = this.#fittingOf(message);
    this.#tell(fitting);
    if (!isWhole) this.#wait(message);
  }

  #wait(message: Message): void {
    this.#waiting = [message];
    this.#deps.wantRepair(this);
  }

  #tell(publications: readonly Publication[]): void {
    if (publications.length === 0) return;
    this.#listeners.tell(publications, this.#deps.onError);
    this.#deps.onTold();
  }

  /** What of a message is new, up to the first gap, which it moves the position to. */
  #fittingOf(message: Message): { readonly fitting: readonly Publication[]; readonly isWhole: boolean } {
    const { tenantId, publications } = message;
    let { seq, tick, log } = this.#position;
    const fitting: Publication[] = [];
    let isWhole = log === null || message.logBefore <= log;
    const hasLines = isWhole;
    for (const publication of publications) {
      const { content } = publication;
      if ("log_id" in content) {
        if (!hasLines || content.log_id <= (log ?? 0)) continue;
        log = content.log_id;
      } else if (publication.tick === undefined) {
        if (seq !== null && publication.seq <= seq) continue;
        if (seq === null || publication.seq !== seq + 1) {
          isWhole = false;
          break;
        }
        seq = publication.seq;
      } else {
        if (publication.tick <= tick) continue;
        if (seq === null || publication.seq > seq) {
          isWhole = false;
          break;
        }
        tick = publication.tick;
      }
      fitting.push(publication);
    }
    this.#position = { epoch: message.epoch, tenantId, seq, tick, log };
    return { fitting, isWhole: isWhole && message.seq <= (seq ?? 0) && (log === null || message.log <= log) };
  }
}
