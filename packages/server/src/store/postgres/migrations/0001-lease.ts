import type { Migration } from "../migrate.ts";

/** Who writes: one server at a time. */
export const lease: Migration = {
  version: 1,
  name: "lease",
  sql: `
    -- One row. Its term grows with each holder: what writes names its own, and is refused once it is another's.
    CREATE TABLE playhead.lease (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      -- Unique, so that a change of it is the change of a key: a writer's FOR KEY SHARE keeps it from changing, and
      -- lets it be renewed.
      term bigint NOT NULL UNIQUE,
      holder text NOT NULL,
      url text NOT NULL,
      expires_at timestamptz NOT NULL
    );
    INSERT INTO playhead.lease (term, holder, url, expires_at) VALUES (0, '', '', '-infinity');

    -- To be called first in a transaction that writes.
    CREATE FUNCTION playhead.check_term(own_term bigint) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM FROM playhead.lease WHERE term = own_term FOR KEY SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'term % is over', own_term USING ERRCODE = 'PH001';
      END IF;
    END $$;
  `,
};
