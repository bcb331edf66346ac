import { draftOf } from "@playhead/core";
import { expect, test } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { createStartsInMemory } from "./job-start.ts";

const EPOCH = "e1";

/** A job whose bar stands at 10 % until somebody asks. */
function setup() {
  const draft = draftOf(runningJob("j"));
  draft.progress = { ...draft.progress, percent_complete: 10 };
  const { findStart } = createStartsInMemory({
    epoch: EPOCH,
    store: { readSnapshot: async () => null },
    peekJob: () => ({
      draft,
      asked() {
        draft.tick += 1;
        draft.progress = { ...draft.progress, percent_complete: 40 };
      },
      currentTicks: () => [],
      storedSoon: async () => true,
    }),
    loadJob: async () => undefined,
  });
  const request = { tenantId: draft.tenant_id, jobId: "j" };
  return { draft, start: (since: Parameters<typeof findStart>[0]["since"]) => findStart({ ...request, since }) };
}

test("who gets a snapshot sees the bar as it is, and stands at its number", async () => {
  const { draft, start } = setup();
  const { snapshot, tick } = await start(null);
  expect([snapshot?.progress.percent_complete, tick]).toEqual([40, draft.tick]);
});

test("who comes back with all that was said is told nothing", async () => {
  const { draft, start } = setup();
  const position = { epoch: EPOCH, seq: draft.seq, tick: draft.tick };
  expect(await start(position)).toMatchObject({ snapshot: null, ticks: [], tick: position.tick });
});
