import { type Redaction, redactFact } from "@playhead/core";
import type { Recorder, Report } from "../recorder/recorder.ts";

/** The recorder that jobs report to: what users attach to jobs, tasks and artifacts goes on without secrets. */
export function withoutSecrets(recorder: Recorder, redaction: Redaction): Recorder {
  const clean = (report: Report): Report => ({ ...report, data: redactFact(report.data, redaction) });
  return {
    ...recorder,
    record: (report, importance) => recorder.record(clean(report), importance),
    stamp: (report) => recorder.stamp(clean(report)),
  };
}
