import { createEngine } from "@playhead/server";
import { commitAll, createGroups } from "./ingest-groups.ts";
import type { Sink, SinkOptions } from "./ingest-sink.ts";

/** Facts through `Store.commit`, a group of 2,000 at a time: what the server does with them once it has decided. */
export async function openStore({ folder, jobs, workload }: SinkOptions): Promise<Sink> {
  const engine = await createEngine({ dataFolder: folder, log: () => {} });
  const { store } = engine;
  const groups = createGroups({ jobs, workload });
  await commitAll(store.commit, [groups.announcement()]);

  function prepare(count: number) {
    const prepared = groups.next(count);
    return () => commitAll(store.commit, prepared);
  }

  return { prepare, grow: (count) => prepare(count)(), close: () => engine.close() };
}
