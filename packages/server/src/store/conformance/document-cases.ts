import type { StoredDocument } from "../store.ts";
import type { SharedSetup, StoreCase } from "./store-case.ts";

const FAR = Number.MAX_SAFE_INTEGER;

/** Documents of this case: in a collection of its own. */
function setupDocuments({ tenantId }: SharedSetup) {
  const collection = `things-${tenantId}`;
  const document = (id: string, more: Partial<StoredDocument> = {}): StoredDocument => ({
    collection,
    id,
    tenantId,
    body: { name: `日本 ${id}`, list: [1, null] },
    expiresMs: null,
    ...more,
  });
  return { collection, document };
}

/** Documents: kept by id, added once, gone when they have expired. */
export const DOCUMENT_CASES: readonly StoreCase<SharedSetup>[] = [
  {
    name: "gives a document back as it was put last",
    async run(setup) {
      const { store, expect } = setup;
      const { collection, document } = setupDocuments(setup);
      await store.putDocument(document("a", { body: { old: true } }));
      await store.putDocument(document("a", { expiresMs: FAR }));
      expect(await store.readDocument(collection, "a")).toEqual(document("a", { expiresMs: FAR }));
      expect(await store.readDocument(collection, "b")).toBeNull();
      expect(await store.readDocument(`${collection}-other`, "a")).toBeNull();
    },
  },
  {
    name: "adds a document once, however many try at the same time",
    async run(setup) {
      const { store, expect } = setup;
      const { document } = setupDocuments(setup);
      const tries = [1, 2, 3, 4, 5].map((no) => store.addDocument(document("a", { body: { no } })));
      const found = await Promise.all(tries);
      expect(found.filter((each) => each === null)).toHaveLength(1);
      const first = found.indexOf(null) + 1;
      for (const each of found) if (each !== null) expect(each.body).toEqual({ no: first });
    },
  },
  {
    name: "removes a document, and says whether it was there",
    async run(setup) {
      const { store, expect } = setup;
      const { collection, document } = setupDocuments(setup);
      await store.putDocument(document("a"));
      expect(await store.removeDocument(collection, "a")).toBe(true);
      expect(await store.removeDocument(collection, "a")).toBe(false);
      expect(await store.readDocument(collection, "a")).toBeNull();
    },
  },
  {
    name: "has no document that has expired, and lets another take its place",
    async run(setup) {
      const { store, expect } = setup;
      const { collection, document } = setupDocuments(setup);
      await store.putDocument(document("a", { expiresMs: 1 }));
      expect(await store.readDocument(collection, "a")).toBeNull();
      expect(await store.listDocuments({ collection, limit: 10 })).toEqual([]);
      expect(await store.removeDocument(collection, "a")).toBe(false);
      expect(await store.addDocument(document("a"))).toBeNull();
      expect(await store.readDocument(collection, "a")).toEqual(document("a"));
    },
  },
  {
    name: "lists a collection by id, a page at a time, of one tenant or of all",
    async run(setup) {
      const { store, expect } = setup;
      const { collection, document } = setupDocuments(setup);
      for (const id of ["c", "a", "b"]) await store.putDocument(document(id));
      await store.putDocument(document("d", { tenantId: "other" }));
      const ids = async (query: { tenantId?: string; afterId?: string; limit: number }) =>
        (await store.listDocuments({ collection, ...query })).map(({ id }) => id);
      expect(await ids({ limit: 10 })).toEqual(["a", "b", "c", "d"]);
      expect(await ids({ limit: 2 })).toEqual(["a", "b"]);
      expect(await ids({ afterId: "b", limit: 2 })).toEqual(["c", "d"]);
      expect(await ids({ tenantId: setup.tenantId, limit: 10 })).toEqual(["a", "b", "c"]);
    },
  },
];
