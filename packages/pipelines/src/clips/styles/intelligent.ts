import type { FrameSize, VideoStream } from "@playhead/ffmpeg";
import { windowFilters } from "../faces/camera-filters.ts";
import { missingFaceParts } from "../faces/face-detector.ts";
import { castScene, frameShot, type ShotFraming, shotByShot } from "../faces/frame-scene.ts";
import { type FilterClock, type Layer, layered } from "../faces/layers.ts";
import { tellFraming } from "../faces/tell-framing.ts";
import { overBlurred } from "./blur-background.ts";
import { portraitCrop, portraitSize, portraitWindow } from "./portrait.ts";
import type { SceneScout, StyleProcessor } from "./style.ts";

/** Upright, through a window that follows the faces. */
export const intelligent: StyleProcessor = {
  name: "intelligent",
  title: "Intelligent",
  cost: 2.8,
  size: portraitSize,
  filters: (source) => portraitWindow(source, "center"),
  director: {
    version: 1,
    missing: () => missingFaceParts(),
    async direct(scout) {
      const { source } = scout;
      const cast = await castScene(await scout.faces(), source);
      scout.step("computing_camera_path", {});
      const window = portraitCrop(source);
      const framings = await shotByShot(cast, (each) => frameShot(each, window, source));
      tellFraming(scout, framings);
      const output = portraitSize(source);
      scout.step("computing_crop_windows", {
        text: `${window.width} × ${window.height} of ${source.width} × ${source.height}`,
        ...{ window_width: window.width, window_height: window.height, windows: 1 },
        ...{ width: output.width, height: output.height },
      });
      return layered(oneWindowLayers(framings, source, output, clockOf(scout)), clockOf(scout));
    },
  },
};

/** The layers of shots that are shown through one window, or as a whole. */
export function oneWindowLayers(
  framings: readonly ShotFraming[],
  picture: VideoStream,
  output: FrameSize,
  clock: FilterClock,
): readonly Layer[] {
  const windows = framings.filter((framing) => framing.kind === "window");
  const whole = framings.filter(({ kind }) => kind === "whole");
  const cameras = windows.map(({ camera }) => camera);
  return [
    {
      filters:
        cameras.length === 0
          ? "null"
          : windowFilters({ name: "face", window: portraitCrop(picture), picture, output, cameras, ...clock }),
      shots: windows.map(({ shot }) => shot),
    },
    { filters: overBlurred(output), shots: whole.map(({ shot }) => shot) },
  ];
}

const FALLBACK_RATE = 25;

/** How time goes in the filters of a scene. */
export function clockOf({ source, filterStartSec }: SceneScout): FilterClock {
  return { filterStartSec, frameSec: 1 / (source.frameRate ?? FALLBACK_RATE) };
}
