// The thread that finds faces: it is given pictures, one after the other, and answers with boxes. It imports nothing of
// ours that needs more than Node itself, so that it starts quickly.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { FaceParts } from "./face-parts.ts";

/** A picture to look at: three bytes a pixel. */
export interface DetectRequest {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** A face as a share of the picture: left, top, width, height, each 0..1; and how sure it is, 0..1. */
export type FoundFace = readonly [x: number, y: number, width: number, height: number, confidence: number];

/** What is answered; the first one, with id 0 and no faces, says that the models are loaded. */
export interface DetectAnswer {
  readonly id: number;
  readonly faces: readonly FoundFace[];
}

/** What is given at the start. */
export interface DetectorSettings {
  readonly parts: FaceParts;
  /** 0..1: what it is less sure of is no face. */
  readonly minConfidence: number;
  readonly maxFaces: number;
}

/** As much of the library as is used: its types need those of a browser. */
interface Human {
  load(): Promise<void>;
  detect(picture: object): Promise<{
    readonly face: readonly { readonly boxRaw: readonly [number, number, number, number]; readonly boxScore: number }[];
    readonly error?: string | null;
  }>;
  readonly tf: {
    tensor3d(values: Int32Array, shape: readonly [number, number, number], type: "int32"): object;
    dispose(tensor: object): void;
  };
}

interface HumanLibrary {
  readonly default: new (settings: object) => Human;
}

/** Files of this machine only: nothing is ever fetched over the network. */
async function fetchFile(address: string | URL | Request): Promise<Response> {
  const path = String(address instanceof Request ? address.url : address);
  if (/^(?!file:)[a-z]+:/i.test(path)) throw new Error("the face detector reads files only");
  const type = path.endsWith(".json") ? "application/json" : "application/octet-stream";
  return new Response(await readFile(path.startsWith("file:") ? new URL(path) : path), {
    headers: { "content-type": type },
  });
}

async function loadHuman({ parts, minConfidence, maxFaces }: DetectorSettings): Promise<Human> {
  globalThis.fetch = fetchFile;
  const off = { enabled: false };
  const library = createRequire(import.meta.url)(parts.library) as HumanLibrary;
  const human = new library.default({
    ...{ backend: "wasm", wasmPath: parts.wasm, modelBasePath: `file://${parts.models}` },
    ...{ debug: false, async: false, warmup: "none", cacheSensitivity: 0, filter: off },
    face: {
      enabled: true,
      // Each picture is looked at afresh: what the last one showed is half a second old.
      detector: { minConfidence, maxDetected: maxFaces, rotation: false, skipFrames: 0, skipTime: 0 },
      ...{ mesh: off, iris: off, emotion: off, description: off, attention: off, antispoof: off, liveness: off },
    },
    ...{ body: off, hand: off, object: off, gesture: off, segmentation: off },
  });
  await human.load();
  return human;
}

async function detect(human: Human, { id, width, height, pixels }: DetectRequest): Promise<DetectAnswer> {
  const picture = human.tf.tensor3d(Int32Array.from(pixels), [height, width, 3], "int32");
  try {
    const { face, error } = await human.detect(picture);
    if (error) throw new Error(error);
    return { id, faces: face.map(({ boxRaw, boxScore }) => [...boxRaw, boxScore]) };
  } finally {
    human.tf.dispose(picture);
  }
}

const port = parentPort;
if (port !== null) {
  const human = await loadHuman(workerData as DetectorSettings);
  let turn: Promise<void> = Promise.resolve();
  port.on("message", (request: DetectRequest) => {
    // What is thrown here ends the thread, and is heard where it was started.
    turn = turn.then(async () => port.postMessage(await detect(human, request)));
  });
  port.postMessage({ id: 0, faces: [] } satisfies DetectAnswer);
}
