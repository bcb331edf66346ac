import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createMediaFolder } from "../../fixtures/media-files.ts";
import { run } from "../run/run.ts";
import { filterValue } from "./filter-value.ts";
import { planTask } from "./plan.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

const ASS = `[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Sans,20
[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:01.00,Default,x
`;

test.each(["plain", "it's; [a] 'b', c:d=\\e", "\\\\:'", "été ,movie=x;🎬", "%{n} $(x) `y`", "a\nb"])(
  "a file in a folder by the name of %j is the one that a filter reads",
  async (name) => {
    const folder = media.at(name);
    mkdirSync(folder);
    const path = join(folder, "captions:1.ass");
    writeFileSync(path, ASS);
    const plan = planTask({
      inputs: [{ kind: "generated", graph: "color=s=64x64:r=5", durationSec: 0.2 }],
      filterGraph: `[0:v]ass=filename=${filterValue(path)},format=yuv420p[v]`,
      maps: ["[v]"],
      video: { codec: "h264", preset: "ultrafast" },
      audio: null,
      output: { kind: "none" },
    });
    await expect(run(plan)).resolves.toMatchObject({ frames: 1 });
  },
);
