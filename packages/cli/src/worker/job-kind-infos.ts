import type { JobKindInfo } from "@playhead/server";

/** What a server has to know of the pipelines to take jobs for them. */
export async function jobKindInfos(): Promise<readonly JobKindInfo[]> {
  // Loaded when a server starts: no other command has to wait for it.
  const { inputSchemaOf, JOB_KINDS, parseInput } = await import("@playhead/pipelines");
  return JOB_KINDS.map((kind) => ({
    kind: kind.kind,
    title: kind.title,
    description: kind.description,
    inputSchema: inputSchemaOf(kind),
    check: (input) => parseInput(kind, input),
  }));
}
