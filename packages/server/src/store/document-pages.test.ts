import { expect, test } from "vitest";
import { documentPages } from "./document-pages.ts";
import type { DocumentsQuery, StoredDocument } from "./store.ts";

/** A list of so many documents, and how often it was asked. */
function listOf(count: number) {
  const all = Array.from({ length: count }, (_, at) => ({ id: String(at).padStart(6, "0") }) as StoredDocument);
  let asked = 0;
  const listDocuments = async ({ afterId = "", limit }: DocumentsQuery) => {
    asked += 1;
    return all.filter(({ id }) => id > afterId).slice(0, limit);
  };
  return { all, store: { listDocuments }, asked: () => asked };
}

test.each([
  { count: 0, pages: 0, asked: 1 },
  { count: 3, pages: 1, asked: 1 },
  { count: 500, pages: 1, asked: 2 },
  { count: 1_203, pages: 3, asked: 3 },
])("of $count documents each comes once, in order, in $pages pages", async ({ count, pages, asked }) => {
  const list = listOf(count);
  const found: (readonly StoredDocument[])[] = [];
  for await (const page of documentPages(list.store, "things")) found.push(page);
  expect(found.flat()).toEqual(list.all);
  expect([found.length, list.asked()]).toEqual([pages, asked]);
});
