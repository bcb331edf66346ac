import type { Migration } from "../migrate.ts";

/** Facts in the order of their commits, and what they add up to. All texts that are compared are so by their code points. */
export const facts: Migration = {
  version: 2,
  name: "facts",
  sql: `
    -- What this database is: its epoch.
    CREATE TABLE playhead.meta (key text PRIMARY KEY, value text NOT NULL);

    -- One row: how far writing has come. Each group of facts moves it on from where it stood when the group was made, so
    -- that none is stored after one that was not, and nobody else has written in between.
    CREATE TABLE playhead.writer (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      -- Grows whenever somebody begins to write, or begins anew: what was sent before that is refused from then on.
      claim bigint NOT NULL DEFAULT 0,
      commit_no bigint NOT NULL DEFAULT 0,
      last_fact_id bigint NOT NULL DEFAULT 0,
      last_job_no bigint NOT NULL DEFAULT 0
    );
    INSERT INTO playhead.writer DEFAULT VALUES;

    -- The first statement of each group.
    CREATE FUNCTION playhead.begin_group(
      own_term bigint, own_claim bigint, own_commit_no bigint, new_fact_id bigint, new_job_no bigint
    ) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM playhead.check_term(own_term);
      UPDATE playhead.writer
      SET commit_no = own_commit_no, last_fact_id = new_fact_id, last_job_no = new_job_no
      WHERE claim = own_claim AND commit_no = own_commit_no - 1;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'group % does not follow the last one', own_commit_no USING ERRCODE = 'PH002';
      END IF;
    END $$;

    -- Numbers for the words that stand in every fact.
    CREATE TABLE playhead.event_types (
      code smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL UNIQUE
    );

    -- What lists filter and sort by. Numbers are given by the writer, and none twice.
    CREATE TABLE playhead.jobs (
      job_no bigint PRIMARY KEY,
      job_id text COLLATE "C" NOT NULL UNIQUE,
      tenant_id text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      title_key text COLLATE "C" NOT NULL,
      user_id text COLLATE "C",
      state text COLLATE "C" NOT NULL,
      correlation_id text NOT NULL,
      created_ms bigint NOT NULL,
      ended_ms bigint,
      -- None of its facts has a smaller id: older partitions need not be looked at.
      first_fact_id bigint NOT NULL,
      -- Facts with a smaller number have been let go of, whether or not they still lie there.
      first_seq int NOT NULL DEFAULT 1,
      -- False once all facts and tasks have been let go of.
      has_details boolean NOT NULL DEFAULT true
    );
    CREATE INDEX jobs_by_created ON playhead.jobs (tenant_id, created_ms, job_id);
    CREATE INDEX jobs_by_state ON playhead.jobs (tenant_id, state, created_ms, job_id);
    CREATE INDEX jobs_by_ended ON playhead.jobs (tenant_id, coalesce(ended_ms, 9007199254740991), job_id);
    CREATE INDEX jobs_by_title ON playhead.jobs (tenant_id, title_key, job_id);
    CREATE INDEX jobs_by_user ON playhead.jobs (tenant_id, user_id, created_ms, job_id) WHERE user_id IS NOT NULL;
    CREATE INDEX jobs_open ON playhead.jobs (tenant_id, created_ms, job_id)
      WHERE state NOT IN ('completed', 'canceled', 'failed');
    -- What is to be let go of, the oldest first: details, then jobs; and up to where the facts of all jobs are gone.
    CREATE INDEX jobs_with_details ON playhead.jobs (ended_ms) WHERE has_details;
    CREATE INDEX jobs_without_details ON playhead.jobs (ended_ms) WHERE NOT has_details;
    CREATE INDEX jobs_by_first_fact ON playhead.jobs (first_fact_id) WHERE has_details;

    -- Each job as it stood at seq; the facts after it say the rest. JSON as text: what was given comes back as it was,
    -- also a NUL, which jsonb could not hold.
    CREATE TABLE playhead.job_projections (job_no bigint PRIMARY KEY, seq int NOT NULL, summary text NOT NULL)
      WITH (fillfactor = 70);

    CREATE TABLE playhead.tasks (
      job_no bigint NOT NULL,
      -- Grows in the order in which they came to be, with gaps.
      place int NOT NULL,
      task_id text COLLATE "C" NOT NULL,
      parent_id text COLLATE "C",
      state text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      -- What its fields call its id, where that is a text.
      fields_id text COLLATE "C",
      task text NOT NULL,
      PRIMARY KEY (job_no, place)
    ) WITH (fillfactor = 80);
    CREATE UNIQUE INDEX tasks_by_id ON playhead.tasks (job_no, task_id);

    -- Append only. An id says the day of its commit (see fact-ids.ts); each day is a partition, with an index by job of
    -- its own. So a day goes as a whole once nobody needs it.
    CREATE TABLE playhead.facts (
      id bigint NOT NULL PRIMARY KEY,
      job_no bigint NOT NULL,
      ts_ms bigint NOT NULL,
      seq int NOT NULL,
      type smallint NOT NULL,
      -- Null where it is the job's own.
      correlation_id text,
      data text NOT NULL
    ) PARTITION BY RANGE (id);

    -- How far each worker's reports have been taken.
    CREATE TABLE playhead.sources (
      source text COLLATE "C" PRIMARY KEY,
      n bigint NOT NULL,
      seen_ms bigint NOT NULL
    ) WITH (fillfactor = 50);

    -- Small things that are found by their id.
    CREATE TABLE playhead.documents (
      collection text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      tenant_id text NOT NULL,
      body text NOT NULL,
      -- Null for what stays until it is removed.
      expires_ms bigint,
      PRIMARY KEY (collection, id)
    );
    CREATE INDEX documents_by_expiry ON playhead.documents (expires_ms) WHERE expires_ms IS NOT NULL;
  `,
};
