import { EVENT_TYPES } from "@playhead/core";
import { CHECK_TERM, heldTerm, type Term } from "./fenced-writes.ts";
import type { WriterPosition } from "./group-statements.ts";
import type { Session, Statement } from "./postgres-database.ts";

/** Where writing stands at the moment at which it is ours. */
export interface WriterClaim extends WriterPosition {
  /** What was sent under an earlier one is refused. */
  readonly claim: number;
  /** Under which it is ours: while it is, nobody else writes. */
  readonly term: number;
}

const CLAIM: Statement = {
  name: "claim_writer",
  text: `UPDATE playhead.writer SET claim = claim + 1
    RETURNING claim, commit_no AS "commitNo", last_fact_id AS "lastFactId", last_job_no AS "lastJobNo"`,
};

/**
 * Makes writing ours: waits for the group that may still be under way on a connection that we have lost, and has all
 * that come after it there refused. So what this says to be stored is, and nothing else will be.
 */
export async function claimWriter(session: Session, term: Term): Promise<WriterClaim> {
  const held = heldTerm(term);
  const [, , { rows }] = await Promise.all([
    session.query("BEGIN"),
    session.query(CHECK_TERM, [held]),
    session.query<Omit<WriterClaim, "term">>(CLAIM),
    session.query("COMMIT"),
  ]);
  return { ...(rows[0] as (typeof rows)[number]), term: held };
}

/** So that a commit means what we take it for, whatever the database is set to by default. */
export async function writeDurably(session: Session): Promise<void> {
  await session.query(
    `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
  );
}

/** The code of each event type; new types get one. */
export async function readTypeCodes(session: Session): Promise<ReadonlyMap<string, number>> {
  await session.query(
    `INSERT INTO playhead.event_types (name)
     SELECT name FROM unnest($1::text[]) AS name WHERE name NOT IN (SELECT name FROM playhead.event_types)
     ON CONFLICT DO NOTHING`,
    [Object.keys(EVENT_TYPES)],
  );
  const { rows } = await session.query<{ code: number; name: string }>("SELECT code, name FROM playhead.event_types");
  return new Map(rows.map(({ code, name }) => [name, code]));
}
