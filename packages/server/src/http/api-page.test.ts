import { expect, test } from "vitest";
import { renderApiPage } from "./api-page.ts";

const info = { title: "A & B", version: "1.2.3" };
const answer = (schema: object) => ({ responses: { 200: { content: { "application/json": { schema } } } } });

test("shows each operation with its parameters, its body and its answers", () => {
  const page = renderApiPage({
    info,
    paths: {
      "/api/v1/jobs/{id}": {
        get: {
          summary: "Read a job",
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" } },
            { name: "size", in: "query", description: "How many", schema: { type: "integer", default: 50 } },
          ],
          ...answer({ $ref: "#/components/schemas/Job" }),
        },
      },
    },
    components: {
      schemas: {
        Job: {
          properties: {
            state: { enum: ["on", "off"] },
            tags: { type: "array", items: { type: "string" } },
            note: { anyOf: [{ type: "string" }, { type: "null" }] },
          },
          required: ["state"],
        },
        Unused: { properties: {} },
      },
    },
  });
  const text = page.replaceAll(/<[^>]+>/g, "");
  expect(page).toContain("<h1>A &amp; B API <small>1.2.3</small></h1>");
  for (const shown of [
    "GET",
    "/api/v1/jobs/{id}",
    "Read a job",
    "How many Default: 50.",
    "on, off",
    "list of string",
    "string or null",
  ]) {
    expect(text).toContain(shown);
  }
  expect(page).toContain('<a href="#schema-Job">Job</a>');
  expect(page).toContain('id="schema-Job"');
  expect(text).toContain("note optional");
  expect(text).not.toContain("state optional");
  expect(page).not.toContain("Unused");
});

test("nothing that the document says becomes a tag", () => {
  const evil = `"><script>alert('x')</script>`;
  const page = renderApiPage({
    info: { title: evil, version: evil },
    paths: {
      [`/api/v1/${evil}`]: {
        get: {
          summary: evil,
          description: evil,
          parameters: [{ name: evil, in: evil, schema: { enum: [evil], default: evil } }],
          ...answer({ type: evil }),
        },
      },
    },
  });
  expect(page).not.toContain("<script");
});
