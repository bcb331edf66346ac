import type { Store, StoredDocument } from "./store.ts";

const PAGE_SIZE = 500;

/** All documents of a collection by id, a page at a time; no page is empty. */
export async function* documentPages(
  store: Pick<Store, "listDocuments">,
  collection: string,
): AsyncGenerator<readonly StoredDocument[]> {
  let afterId = "";
  for (;;) {
    const page = await store.listDocuments({ collection, afterId, limit: PAGE_SIZE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < PAGE_SIZE) return;
    afterId = last.id;
  }
}
