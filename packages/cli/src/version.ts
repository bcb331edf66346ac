import { readFileSync } from "node:fs";

/** This package's version. Its `package.json` lies above both the sources and what is built from them. */
export function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}
