// A style of your own for clips: cut to the shape of a cinema's screen, with darker corners.
// run it: node --conditions=playhead-src examples/02-own-style.ts VIDEO OUTPUT_FOLDER [DATA_FOLDER]
import { join } from "node:path";
import { runClips, type StyleProcessor } from "@playhead/pipelines";
import { open } from "playhead";

const even = (pixels: number) => Math.max(2, Math.floor(pixels / 2) * 2);

const cinema: StyleProcessor = {
  name: "cinema",
  title: "Cinema",
  cost: 1.3,
  size: ({ width }) => ({ width: even(width), height: even(width / 2.39) }),
  filters(source) {
    const { width, height } = cinema.size(source);
    return `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height},vignette`;
  },
};

const [, , input = "talk.mp4", outDir = "clips", data = "playhead-data"] = process.argv;

const playhead = await open({ data });
const { state, clips, error } = await runClips(playhead, {
  input,
  outDir,
  styles: ["original", "cinema"],
  extraStyles: [cinema],
  registryDir: join(data, "runs"),
});
await playhead.close();

console.log(`${state}: ${clips.length} clips`, error ?? "");
for (const { file, width, height } of clips) console.log(`${file} ${width} × ${height}`);
