import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanedText } from "./cleaned-text.ts";

test.for([
  { given: "plain words stay", expected: "plain words stay" },
  { given: "cannot read /home/me/in.mp4: gone", expected: "cannot read in.mp4: gone" },
  { given: "cannot read '/home/me/My Videos/a b.mp4'", expected: "cannot read 'a b.mp4'" },
  { given: 'open "/x/y z/" failed', expected: 'open "" failed' },
  {
    given: "ENOENT: no such file or directory, open '/srv/data/in.mp4'",
    expected: "ENOENT: no such file or directory, open 'in.mp4'",
  },
  { given: "not there: C:\\Users\\me\\in.mp4", expected: "not there: in.mp4" },
  { given: "not there: 'C:\\Users\\me\\My Videos\\in.mp4'", expected: "not there: 'in.mp4'" },
  { given: "share \\\\nas\\films\\in.mp4 is gone", expected: "share in.mp4 is gone" },
  { given: "in ~/videos/in.mp4", expected: "in in.mp4" },
  { given: "at file:///home/me/in.mp4 now", expected: "at in.mp4 now" },
  { given: "PUT https://store.internal:9000/bucket/key?sig=abc failed", expected: "PUT [address] failed" },
  { given: "postgres://user:secret@db/x refused", expected: "[address] refused" },
  { given: "connect ECONNREFUSED 10.0.0.7:5432", expected: "connect ECONNREFUSED [address]" },
  { given: "connect ECONNREFUSED ::1:5432", expected: "connect ECONNREFUSED [address]" },
  { given: "getaddrinfo ENOTFOUND db.internal", expected: "getaddrinfo ENOTFOUND [address]" },
  { given: "no answer from cache.internal:6379", expected: "no answer from [address]" },
  { given: "no answer from localhost:8765", expected: "no answer from [address]" },
  { given: "broken\n    at run (/srv/app/x.js:1:2)\n    at y", expected: "broken" },
  { given: "two\nlines", expected: "two lines" },
  {
    given: "rate 24000/1001, 16/9, and/or, at 12:34:56, 00:01:02.5",
    expected: "rate 24000/1001, 16/9, and/or, at 12:34:56, 00:01:02.5",
  },
  { given: 'scene "a:b" of std::vector', expected: 'scene "a:b" of std::vector' },
])("$given → $expected", ({ given, expected }) => {
  expect(cleanedText(given)).toBe(expected);
});

test("property: short, on one line, and no absolute path of letters survives", () => {
  const part = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
  const path = fc.array(part, { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(fc.string({ maxLength: 900 }), path, (noise, parts) => {
      const clean = cleanedText(`cannot open /${parts.join("/")} now. ${noise}`);
      expect(clean.startsWith(`cannot open ${parts.at(-1)} now.`)).toBe(true);
      expect(clean.length).toBeLessThanOrEqual(500);
      expect(clean).not.toMatch(/\n/);
    }),
  );
});

test("a long hostile message takes no long time", () => {
  for (const unit of ["/", "/a", "a:", ":", "\\", "'/", "1.", "a.b", "\n at ", "file://", "::", "x:/"]) {
    expect(cleanedText(unit.repeat(100_000)).length).toBeLessThanOrEqual(500);
  }
});
