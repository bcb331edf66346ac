import { StateMark } from "../../ui/state-mark.tsx";
import { formatMoment } from "../../ui/times.ts";
import type { Configuration } from "./settings-api.ts";

export interface ConfigNoticesProps {
  readonly configuration: Configuration;
  readonly nowMs: number;
}

/** What is not as the file says, and what to do about it; nothing while all of it holds. */
export function ConfigNotices({ configuration, nowMs }: ConfigNoticesProps) {
  const { refused, waiting_for_restart: waiting } = configuration;
  return (
    <>
      {refused !== null && (
        <div role="alert" className="mt-5 flex gap-2 rounded-md border border-failed bg-surface p-3 text-13">
          <StateMark shape="failed" className="mt-0.5" />
          <div className="min-w-0">
            <p>
              What stands in the file since {formatMoment(Date.parse(refused.at), nowMs)} does not hold, not even in
              part. Mend the file, and it holds at once.
            </p>
            <ul className="mt-1 text-soft">
              {(refused.faults.length === 0 ? [refused.message] : refused.faults).map((fault) => (
                <li key={fault} className="wrap-anywhere">
                  {fault}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      {waiting.length > 0 && (
        <p className="mt-5 flex gap-2 rounded-md border border-line bg-surface p-3 text-13">
          <StateMark shape="paused" className="mt-0.5" />
          <span className="min-w-0 wrap-anywhere">
            Start the server again when it suits: <code>{waiting.join(", ")}</code> cannot change while it runs.
          </span>
        </p>
      )}
    </>
  );
}
