import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { createMediaFolder } from "../../fixtures/media-files.ts";
import { doctor } from "./doctor.ts";
import { canDrawText } from "./text-trial.ts";

const media = createMediaFolder();
afterEach(() => vi.unstubAllEnvs());
afterAll(() => media.remove());

test("with fonts text is drawn, also where the folder of temporary files has a name full of signs", async () => {
  const odd = media.at("it's [odd], a:b;c\\d %1");
  mkdirSync(odd);
  vi.stubEnv("TMPDIR", odd);
  expect(await canDrawText()).toBe(true);
});

test("without any font it is not, and the doctor says what to do", async () => {
  writeFileSync(media.at("fonts.conf"), "<fontconfig></fontconfig>");
  vi.stubEnv("FONTCONFIG_FILE", media.at("fonts.conf"));
  expect(await canDrawText()).toBe(false);
  const { ok, checks } = await doctor({ timeoutMs: 60_000 });
  expect(ok).toBe(true);
  expect(checks.find(({ name }) => name === "fonts")).toMatchObject({
    ok: false,
    isOptional: true,
    advice: expect.stringContaining("fonts-dejavu-core"),
  });
});
