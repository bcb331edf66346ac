import type { Artifact } from "@playhead/core";
import type { ArtifactInput } from "./handles.ts";
import { copyAsJsonObject, shortText } from "./json-copy.ts";

/** What a user says of an artifact, in the form in which it travels. */
export function artifactOf(input: ArtifactInput): Artifact {
  const { url, size_bytes, mime_type } = input;
  const type = shortText(input.type, 100);
  const metadata = copyAsJsonObject(input.metadata);
  return {
    type,
    name: shortText(input.name ?? nameIn(url) ?? type, 500),
    ...(typeof url === "string" && { url: shortText(url) }),
    ...(typeof size_bytes === "number" && Number.isFinite(size_bytes) && { size_bytes }),
    ...(typeof mime_type === "string" && { mime_type: shortText(mime_type, 200) }),
    ...(metadata !== null && { metadata }),
  };
}

function nameIn(url: string | undefined): string | undefined {
  const path = url?.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  return path?.slice(path.lastIndexOf("/") + 1) || undefined;
}
