import type { Source } from "../../media/source.ts";
import type { SceneSpec } from "../scenes.ts";
import type { SceneFaces } from "./face.ts";
import { type FaceDetector, openFaceDetector } from "./face-detector.ts";
import { type FindFacesOptions, type FindingProgress, findFaces } from "./find-faces.ts";

/** Finds the faces of scenes, of each scene once, however many styles ask. */
export interface FaceFinder {
  /**
   * @returns what was found; `isShared` when another style has looked, or looks, for it
   * @throws PlayheadError as {@link findFaces}; the next call then looks anew
   */
  find(scene: SceneSpec, options: FindFacesOptions): Promise<SceneFaces & { readonly isShared: boolean }>;
  /** Ends the detector, if it was ever needed, and gives its memory back. */
  close(): Promise<void>;
}

interface Search {
  readonly found: Promise<SceneFaces>;
  readonly listeners: Set<FindFacesOptions["onProgress"]>;
  latest: FindingProgress;
}

/** The detector is started when it is first needed. */
export function createFaceFinder(source: Source): FaceFinder {
  const searches = new Map<string, Search>();
  let detector: Promise<FaceDetector> | null = null;

  /** One for all scenes; a new one when the last has ended unasked, or did not start. */
  async function openDetector(): Promise<FaceDetector> {
    const known = await detector?.catch(() => null);
    if (known && !known.hasEnded()) return known;
    detector = openFaceDetector();
    return detector;
  }

  function start(scene: SceneSpec, options: FindFacesOptions): Search {
    const listeners = new Set([options.onProgress]);
    const search: Search = {
      listeners,
      latest: { phase: "reading", fraction: 0, frames: 0, faces: 0 },
      found: findFaces(source, scene, openDetector, {
        ...options,
        onProgress(progress) {
          search.latest = progress;
          for (const listener of listeners) listener(progress);
        },
      }),
    };
    searches.set(scene.scene_id, search);
    return search;
  }

  return {
    async find(scene, options) {
      const running = searches.get(scene.scene_id);
      const search = running ?? start(scene, options);
      const release = running === undefined ? null : joinQuietly(search, options);
      try {
        return { ...(await search.found), isShared: running !== undefined };
      } catch (error) {
        if (searches.get(scene.scene_id) === search) searches.delete(scene.scene_id);
        throw error;
      } finally {
        release?.();
      }
    },
    async close() {
      searches.clear();
      await detector?.then((each) => each.close()).catch(() => undefined);
      detector = null;
    },
  };
}

/** Whoever waits for another's search does nothing that would have to be stopped for a pause. */
function joinQuietly(search: Search, { onProgress, pause }: FindFacesOptions): () => void {
  search.listeners.add(onProgress);
  onProgress(search.latest);
  const release = pause.hold({ stop: () => undefined, resume: () => undefined });
  return () => {
    search.listeners.delete(onProgress);
    release();
  };
}
