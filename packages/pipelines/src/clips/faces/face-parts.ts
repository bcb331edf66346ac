import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the optional parts are that find faces: a library, its models, and the WebAssembly it counts with. */
export interface FaceParts {
  /** The library, as a file to be required. */
  readonly library: string;
  /** Folders, with a slash at their ends. */
  readonly models: string;
  readonly wasm: string;
}

/**
 * Looks for the packages that find faces.
 *
 * @param from the file or folder from which they are looked for
 * @returns null when one of them is not installed
 */
export function locateFaceParts(from: string | URL = import.meta.url): FaceParts | null {
  const { resolve } = createRequire(from);
  try {
    const human = dirname(dirname(resolve("@vladmandic/human")));
    for (const needed of ["@tensorflow/tfjs-core", "@tensorflow/tfjs-converter"]) resolve(needed);
    return {
      library: join(human, "dist/human.node-wasm.js"),
      models: join(human, "models/"),
      wasm: join(dirname(resolve("@tensorflow/tfjs-backend-wasm")), "/"),
    };
  } catch {
    return null;
  }
}
