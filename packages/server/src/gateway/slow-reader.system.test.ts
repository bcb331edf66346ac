import { foldAll, jobFromSnapshot } from "@playhead/core";
import { expect, test } from "vitest";
import { bodyOf } from "../../test/api.ts";
import { isEvent } from "../../test/run-job.ts";
import { openSocket } from "../../test/socket.ts";
import { startTestServer } from "../../test/start-server.ts";

const READERS = 300;
const KB = 1024;

test("one client that never reads harms nobody: others get every fact, memory is bounded, it is closed and comes back", async () => {
  const server = await startTestServer();
  const { record, send, socketUrl } = server;
  await send(record("j", "job.created", { kind: "clips" }));
  await send(record("big", "job.created", { kind: "clips" }));
  const readers = Array.from({ length: READERS }, () => openSocket(socketUrl("job_id=j")));
  await Promise.all(readers.map((reader) => reader.until(({ type }) => type === "snapshot")));
  const slow = openSocket(socketUrl(""), "playhead.v1");
  await slow.until(({ type }) => type === "hello");
  for (const jobId of ["j", "big"]) {
    slow.send("subscribe", { ref: jobId, job_id: jobId });
    await slow.until(({ type, data }) => type === "live" && data.ref === jobId);
  }
  slow.socket.pause();

  // What the slow one does not read is more than the network's own buffers hold.
  const title = "x".repeat(20 * KB);
  const steps = 150;
  let most = 0;
  /** In how many steps on end something was unread though nothing waited for it to be read. */
  let givenUpFor = 0;
  for (let step = 1; step <= steps; step++) {
    await send(
      ...Array.from({ length: 10 }, (_, at) => record("big", "job.updated", { title: `${title}${step}.${at}` })),
    );
    await send(record("j", "job.updated", { title: `${step}` }));
    // So that each step is a moment of its own: what is said at one moment is sent whole.
    await readers[0]?.until(({ seq, tick }) => seq === step + 1 && tick === undefined);
    const { waitingBytes, unreadBytes } = server.server.load();
    most = Math.max(most, waitingBytes + unreadBytes);
    givenUpFor = unreadBytes > 64 * KB && waitingBytes < 64 * KB ? givenUpFor + 1 : 0;
    // It has been given up, and has five seconds to read why.
    if (givenUpFor === 2) slow.socket.resume();
  }
  await Promise.all(readers.map((reader) => reader.until(({ seq, tick }) => seq === steps + 1 && tick === undefined)));
  const facts = Array.from({ length: steps }, (_, index) => index + 2);
  for (const reader of readers) expect(reader.facts().map(({ seq }) => seq)).toEqual(facts);
  // 30 MB were said; what is kept is what may wait, what is on its way, and what came at one moment.
  expect(most).toBeGreaterThan(64 * KB);
  expect(most).toBeLessThan(1_024 * KB);

  expect((await slow.closed).code).toBe(4002);
  const { epoch } = slow.frames[0]?.data ?? {};
  const again = openSocket(socketUrl(""), "playhead.v1");
  await again.until(({ type }) => type === "hello");
  for (const jobId of ["j", "big"]) {
    const events = slow.frames.filter(isEvent).filter(({ job_id }) => job_id === jobId);
    const begun = slow.frames.find(({ type, data }) => type === "subscribed" && data.job_id === jobId);
    const known = foldAll(jobFromSnapshot(begun?.data.snapshot), events);
    again.send("subscribe", { ref: jobId, job_id: jobId, since: { epoch, seq: known.seq, tick: known.tick } });
    await again.until(({ type, data }) => type === "live" && data.ref === jobId);
    const job = foldAll(
      known,
      again.frames.filter(isEvent).filter(({ job_id }) => job_id === jobId),
    );
    const stored = await bodyOf(server.ask(`/api/v1/jobs/${jobId}`));
    expect([job.seq, job.title]).toEqual([stored.seq, stored.title]);
  }
});
