import { analyzeKind } from "./analyze/analyze-kind.ts";
import { bulkKind } from "./bulk/bulk-kind.ts";
import { clipsKind } from "./clips/clips-kind.ts";
import type { JobKind } from "./job-kind.ts";
import { mergeKind } from "./merge/merge-kind.ts";

/** The pipelines that there are. */
export const JOB_KINDS: readonly JobKind[] = [clipsKind, mergeKind, analyzeKind, bulkKind];
