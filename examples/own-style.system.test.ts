import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const EXAMPLE = join(import.meta.dirname, "02-own-style.ts");

test("02: a style of your own", () => {
  const folder = mkdtempSync(join(tmpdir(), "playhead-example-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [video, clips, data] = ["talk.mp4", "clips", "data"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
  const source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1"];
  execFileSync("ffmpeg", ["-nostdin", "-v", "error", ...source, ...codecs, video], { stdio: "pipe" });
  const args = ["--conditions=playhead-src", EXAMPLE, video, clips, data];
  const said = execFileSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  expect(said).toMatch(
    /^completed: 2 clips \n01-original-[0-9a-f]{8}\.mp4 320 × 180\n01-cinema-[0-9a-f]{8}\.mp4 320 × 132\n$/,
  );
  expect(readdirSync(clips)).toHaveLength(5);
});

test("the guide shows this example as it is", () => {
  const guide = readFileSync(join(import.meta.dirname, "../docs/clips.md"), "utf8");
  expect(guide).toContain(`\`\`\`ts\n${readFileSync(EXAMPLE, "utf8")}\`\`\``);
});
