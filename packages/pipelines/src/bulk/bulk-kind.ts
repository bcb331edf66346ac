import * as z from "zod";
import type { JobKind } from "../job-kind.ts";
import { rateText } from "./limits/rate.ts";
import { runBulkIn } from "./run-bulk.ts";
import { template } from "./template/template.ts";

const MAX_PARALLEL = 16;

const input = z.strictObject({
  rows: z.string().min(1).meta({ title: "Rows", description: "CSV or JSON: a video of each row", format: "upload" }),
  template: z
    .record(z.string(), z.json())
    .superRefine((given, context) => {
      // Checked at once, and kept as it was given: what it means is found out when the job is done.
      for (const { path, message } of template.safeParse(given).error?.issues ?? [])
        context.addIssue({ code: "custom", path: [...path], message });
    })
    .meta({ title: "Template", description: "What each video looks like; files that rows name are uploads" }),
  max_parallel: z.int().min(1).max(MAX_PARALLEL).optional().meta({ title: "Videos at a time" }),
  rate: rateText.optional().meta({ title: "Videos begun at most", description: "For example 30/min" }),
});

/**
 * Videos out of rows as jobs of the server. Whoever asks for a job is not whoever runs the worker: files are uploads,
 * nothing of the worker's environment is sent to a provider, and no provider is on its network.
 */
export const bulkKind: JobKind = {
  kind: "bulk",
  title: "Bulk",
  description: "Makes a video of each row of a table, by a template.",
  input,
  run({ playhead, started, input: given, place }) {
    const { rows, template, max_parallel, rate } = input.parse(given);
    const { job, signal, retry_of } = started;
    return runBulkIn(playhead, job, {
      rows: place.fileOf(rows),
      template,
      fileOf: place.fileOf,
      // The same for each attempt: what the one before has finished is skipped.
      outDir: place.outDir({ jobId: job.job_id, retry_of }),
      registryDir: place.registryDir,
      urlOf: place.urlOf,
      signal,
      ...(place.ffmpegPath !== undefined && { ffmpegPath: place.ffmpegPath }),
      ...(max_parallel !== undefined && { maxParallel: max_parallel }),
      ...(rate !== undefined && { rate }),
    });
  },
};
