import { windowFilters } from "../faces/camera-filters.ts";
import { missingFaceParts } from "../faces/face-detector.ts";
import { castScene, frameShot, shotByShot } from "../faces/frame-scene.ts";
import { frameSpeakers, type SpeakersFraming, speakersOf, speakerWindow } from "../faces/frame-speakers.ts";
import { type Layer, layered } from "../faces/layers.ts";
import { tellFraming } from "../faces/tell-framing.ts";
import { clockOf, oneWindowLayers } from "./intelligent.ts";
import { portraitCrop, portraitSize, portraitWindow } from "./portrait.ts";
import { panelHeight, split } from "./split.ts";
import type { SceneScout, StyleProcessor } from "./style.ts";

/** Upright, two people who talk to each other, each in a window of their own that follows their face. */
export const intelligentSplit: StyleProcessor = {
  name: "intelligent_split",
  title: "Intelligent split",
  cost: 2.4,
  size: split.size,
  filters: (source) => portraitWindow(source, "center", split.size(source)),
  director: { version: 1, missing: () => missingFaceParts(), direct },
};

async function direct(scout: SceneScout): Promise<string> {
  const { source } = scout;
  const cast = await castScene(await scout.faces(), source);
  scout.step("computing_camera_path", {});
  const { width, height } = portraitSize(source);
  const panel = { width, height: panelHeight(height) };
  const pairs = cast.flatMap((each) => {
    const pair = speakersOf(each);
    return pair === null ? [] : [pair];
  });
  const one = portraitCrop(source);
  const window = pairs.length === 0 ? one : speakerWindow(pairs, panel.width / panel.height, source);
  const framings = await shotByShot(cast, (each) => {
    const pair = speakersOf(each);
    // A shot with one speaker is shown as the style `intelligent` shows it.
    return (pair && frameSpeakers(each.shot, pair, window, source)) ?? frameShot(each, one, source);
  });
  tellFraming(scout, framings, true);
  const speakers = framings.filter((framing) => framing.kind === "speakers");
  const others = framings.filter((framing) => framing.kind !== "speakers");
  const output = split.size(source);
  const seen = speakers.length === 0 ? one : window;
  scout.step("computing_crop_windows", {
    text: `${seen.width} × ${seen.height} of ${source.width} × ${source.height}`,
    ...{ window_width: seen.width, window_height: seen.height, windows: speakers.length === 0 ? 1 : 2 },
    ...{ width: output.width, height: output.height },
  });
  const clock = clockOf(scout);
  const panels = (name: string, cameras: readonly SpeakersFraming["cameras"][0][]) =>
    windowFilters({ name, window, picture: source, output: panel, cameras, ...clock });
  return layered([panelsLayer(speakers, panels), ...oneWindowLayers(others, source, output, clock)], clock);
}

/** The two windows, one above the other. */
function panelsLayer(
  speakers: readonly SpeakersFraming[],
  panel: (name: string, cameras: readonly SpeakersFraming["cameras"][0][]) => string,
): Layer {
  if (speakers.length === 0) return { filters: "null", shots: [] };
  const upper = panel(
    "upper",
    speakers.map(({ cameras }) => cameras[0]),
  );
  const lower = panel(
    "lower",
    speakers.map(({ cameras }) => cameras[1]),
  );
  return {
    filters: `split=2[upper][lower];[upper]${upper}[top];[lower]${lower}[bottom];[top][bottom]vstack`,
    shots: speakers.map(({ shot }) => shot),
  };
}
