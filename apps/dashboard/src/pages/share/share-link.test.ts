import { expect, test } from "vitest";
import { readShareLink } from "./share-link.ts";

const claims = btoa(JSON.stringify({ exp: 1_800_000_000, tid: "y?~" }))
  .replaceAll("=", "")
  .replaceAll("/", "_");
const TOKEN = `eyJhbGciOiJIUzI1NiJ9.${claims}.c2ln`;

test.each([
  ["as it is made", "/share/job_1", `#${TOKEN}`, { jobId: "job_1", token: TOKEN, endsAtMs: 1_800_000_000_000 }],
  ["of an id with a slash", "/share/a%2Fb", `#${TOKEN}`, { jobId: "a/b", token: TOKEN, endsAtMs: 1_800_000_000_000 }],
  ["that does not tell its end", "/share/j", "#e30.e30.c2ln", { jobId: "j", token: "e30.e30.c2ln", endsAtMs: null }],
  ["of a token that is no JSON", "/share/j", "#a.b.c", { jobId: "j", token: "a.b.c", endsAtMs: null }],
  ["without a token", "/share/j", "", null],
  ["that was cut", "/share/j", "#eyJhbGciOi.e30", null],
  ["without a job", "/share/", `#${TOKEN}`, null],
  ["with a percent sign that begins nothing", "/share/%", `#${TOKEN}`, null],
] as const)("a link %s", (_, path, hash, expected) => {
  expect(readShareLink(path, hash)).toEqual(expected);
});
