import type { JsonObject } from "@playhead/core";
import * as z from "zod";
import { documentPages } from "../store/document-pages.ts";
import type { Store } from "../store/store.ts";

export interface RingOptions<Entry> {
  readonly store: Pick<Store, "putDocument" | "listDocuments">;
  readonly collection: string;
  readonly tenantId: string;
  readonly entry: z.ZodType<Entry>;
  /** So many are kept: each takes the place of the oldest. */
  readonly size: number;
  /** Told when an entry could not be kept; it stands in memory all the same. */
  readonly onError: (error: unknown) => void;
}

/** The newest so many of something small that comes seldom: in memory, and in the store for the next process. */
export function createRing<Entry extends object>({
  store,
  collection,
  tenantId,
  entry,
  size,
  onError,
}: RingOptions<Entry>) {
  const stored = z.object({ n: z.number(), entry });
  const entries: Entry[] = [];
  let count = 0;
  let writing: Promise<void> = Promise.resolve();

  return {
    /** Reads what an earlier process kept; to be called before anything is added. */
    async load(): Promise<void> {
      const found: z.output<typeof stored>[] = [];
      for await (const page of documentPages(store, collection)) {
        // What another version wrote, and this one cannot read, is as if it were not there.
        found.push(...page.flatMap(({ body }) => stored.safeParse(body).data ?? []));
      }
      found.sort((a, b) => a.n - b.n);
      entries.push(...found.slice(-size).map((each) => each.entry));
      count = (found.at(-1)?.n ?? -1) + 1;
    },
    /** Never waits, and never throws. */
    add(added: Entry): void {
      entries.push(added);
      if (entries.length > size) entries.shift();
      const n = count++;
      const body = { n, entry: added as JsonObject };
      const id = String(n % size).padStart(6, "0");
      writing = writing
        .then(() => store.putDocument({ collection, id, tenantId, body, expiresMs: null }))
        .catch(onError);
    },
    /** Oldest first. */
    entries: (): readonly Entry[] => entries,
    /** Resolves when what was added is kept. */
    settled: (): Promise<void> => writing,
  };
}
