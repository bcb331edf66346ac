import type { JobState, Liveness, PlayheadEvent, ViewedError } from "@playhead/core";

/** A job as it stands, as the table `playhead_jobs` has it. */
export interface SupabaseJob {
  readonly job_id: string;
  readonly tenant_id: string;
  readonly kind: string;
  readonly title: string;
  readonly user_id: string | null;
  readonly state: JobState;
  readonly liveness: Liveness;
  /** 0–100. */
  readonly percent_complete: number;
  readonly eta_ms: number | null;
  readonly eta_low_ms: number | null;
  readonly eta_high_ms: number | null;
  readonly estimated_completion: string | null;
  readonly items_total: number;
  readonly items_completed: number;
  readonly items_failed: number;
  readonly items_skipped: number;
  readonly items_canceled: number;
  readonly items_per_minute: number | null;
  readonly rate_limited: boolean;
  readonly current_step: string | null;
  readonly errors_encountered: number;
  readonly error: ViewedError | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Names the history that the row tells; another one after a restore. */
  readonly epoch: string;
  /** The last event that the row knows of. */
  readonly seq: number;
  readonly updated_at: string;
}

/** A fact of a job, as the table `playhead_job_events` has it. */
export interface SupabaseEvent extends Omit<PlayheadEvent, "tick"> {
  readonly tenant_id: string;
  readonly epoch: string;
}

/** The tables of `deploy/supabase/migrations`. */
export const JOBS = "playhead_jobs";
export const EVENTS = "playhead_job_events";
