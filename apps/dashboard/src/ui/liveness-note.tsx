import type { JobSummary } from "@playhead/core";
import { livenessWords } from "./liveness-words.ts";
import { StateMark } from "./state-mark.tsx";

/** Says what is the matter with a job that has not failed and is not well all the same, and what to do. */
export function LivenessNote({ job }: { readonly job: JobSummary }) {
  const words = livenessWords(job);
  return (
    // There before it has something to say, so that it is heard.
    <div role="status">
      {words !== null && (
        <div className="mt-6 flex gap-2 border-l-2 border-paused py-1 pl-3 text-13">
          <StateMark shape="stalled" className="mt-0.5" />
          <div className="max-w-[80ch]">
            <p className="font-medium text-paused">{words.what}</p>
            <p>{words.why}</p>
            <p className="text-soft">{words.advice}</p>
          </div>
        </div>
      )}
    </div>
  );
}
