import { Counter, Gauge, type Registry } from "prom-client";

/** What the mirror has done so far, and how far it is. */
export interface SupabaseFigures {
  readonly circuit: string;
  readonly lagMs: number;
  readonly eventsWritten: number;
  readonly jobsWritten: number;
  readonly rowsSkipped: number;
}

/** The figures of the mirror into Supabase, where there is one. */
export function addSupabaseMetrics(registry: Registry, figures: () => SupabaseFigures): void {
  const registers = [registry];
  new Gauge({
    ...{ name: "playhead_supabase_up", help: "Whether Supabase takes what is written: 1 or 0.", registers },
    collect() {
      this.set(Number(figures().circuit === "closed"));
    },
  });
  new Gauge({
    ...{
      name: "playhead_supabase_lag_seconds",
      help: "How old the oldest fact is that waits for Supabase.",
      registers,
    },
    collect() {
      this.set(figures().lagMs / 1_000);
    },
  });
  new Counter({
    ...{ name: "playhead_supabase_rows_total", help: "Rows for Supabase: written, or refused by it.", registers },
    labelNames: ["table", "outcome"],
    collect() {
      const { eventsWritten, jobsWritten, rowsSkipped } = figures();
      this.reset();
      this.inc({ table: "playhead_job_events", outcome: "written" }, eventsWritten);
      this.inc({ table: "playhead_jobs", outcome: "written" }, jobsWritten);
      this.inc({ table: "any", outcome: "refused" }, rowsSkipped);
    },
  });
}
