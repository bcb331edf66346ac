import {
  type HealthCheck as CheckOf,
  type ComponentHealth,
  createHealthRunner,
  type HealthReport,
  type HealthResult,
  healthReport,
} from "@playhead/core";
import type { Playhead } from "../playhead.ts";
import { type SetTimer, setSystemTimer } from "../timer.ts";

/** Looks at one part of the worker, or of what it needs. */
export type HealthCheck = CheckOf<AbortSignal>;

/** What a {@link HealthCheckService} works through. */
export interface HealthCheckServiceOptions {
  readonly playhead: Pick<Playhead, "read">;
  /** A check that takes longer is critical, unless it has a limit of its own. @defaultValue 10 000 */
  readonly limitMs?: number;
  readonly nowMs?: () => number;
  readonly setTimer?: SetTimer;
}

const LIMIT_MS = 10_000;

/**
 * The `HealthCheckService` of seed 004: how the server and its parts are, and beside them what this worker looks at itself.
 * The worker's own checks run here, when they are asked for; the server does not hear of them.
 */
export class HealthCheckService {
  readonly #playhead: Pick<Playhead, "read">;
  readonly #limitMs: number;
  readonly #nowMs: () => number;
  readonly #runner: ReturnType<typeof createHealthRunner<AbortSignal>>;
  readonly #checks = new Map<string, HealthCheck>();
  /** One, so that a server that hangs is not asked again before it has answered. */
  readonly #serverCheck: HealthCheck = {
    component: "playhead_server",
    run: () => this.#askServer(),
  };
  #serverParts: readonly ComponentHealth[] = [];

  constructor({
    playhead,
    limitMs = LIMIT_MS,
    nowMs = Date.now,
    setTimer = setSystemTimer,
  }: HealthCheckServiceOptions) {
    this.#playhead = playhead;
    this.#limitMs = limitMs;
    this.#nowMs = nowMs;
    this.#runner = createHealthRunner({ nowMs, setTimer, newAbort: () => new AbortController() });
  }

  /** Adds a check, in place of the one of the same component. @returns takes it out again */
  register(check: HealthCheck): () => void {
    this.#checks.set(check.component, check);
    return () => {
      if (this.#checks.get(check.component) === check) this.#checks.delete(check.component);
    };
  }

  /** Asks the server, and runs this worker's own checks, side by side. Never rejects: what cannot be asked is critical. */
  async runAllChecks(): Promise<HealthReport> {
    const startedMs = this.#nowMs();
    this.#serverParts = [];
    const own = await this.#runner.run([this.#serverCheck, ...this.#checks.values()], this.#limitMs);
    return healthReport([...this.#serverParts, ...own], startedMs, this.#nowMs());
  }

  async #askServer(): Promise<HealthResult> {
    const reading = await this.#playhead.read("monitoring/health/detailed");
    const { checks } = (await reading.json()) as HealthReport;
    this.#serverParts = checks;
    return { status: "healthy", message: "the server answers" };
  }
}
