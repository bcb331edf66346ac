import type { IncomingMessage } from "node:http";
import { controlFrame } from "./connection.ts";
import { admitHttp, type HttpAdmissionDeps } from "./http-admission.ts";
import { sharedFrame } from "./shared-frame.ts";
import { type BeginStream, createStreamAnswer, type StreamAnswerDeps } from "./stream-answer.ts";

/** Calls the listener with the tenants whose alerts are not any more as they were. @returns ends it */
export type OnAlertsChanged = (listener: (tenantIds: ReadonlySet<string>) => void) => () => void;

export interface AlertStreamDeps extends HttpAdmissionDeps, StreamAnswerDeps {
  readonly onAlertsChanged: OnAlertsChanged;
}

/** The same for everyone, whatever changed: who hears it reads what is wanted. */
const CHANGED = sharedFrame(`data: ${controlFrame("alerts.changed", {})}\n\n`);
/** Of several that wait for a client the last one says it all. */
const SLOT = "alerts";

/**
 * Says when a tenant's alerts have changed, as server-sent events; the first at once. Whoever reads them after each event
 * has missed nothing, also when the stream was cut: nothing has to be resumed.
 *
 * @throws PlayheadError before anything is answered: see {@link admitHttp}
 */
export async function openAlertStream(deps: AlertStreamDeps, request: IncomingMessage): Promise<BeginStream> {
  let stop = () => {};
  const answer = createStreamAnswer(deps, () => {
    admitted.leave();
    stop();
  });
  const admitted = await admitHttp(deps, request, null, (viewer) => ({
    viewer,
    beat: answer.beat,
    load: answer.load,
    end: answer.end,
  }));
  const { tenantId } = admitted.viewer;

  return (response, headers) => {
    const outbox = answer.begin(response, headers);
    if (outbox === null) return;
    stop = deps.onAlertsChanged((tenantIds) => {
      if (tenantIds.has(tenantId)) outbox.push(CHANGED, SLOT);
    });
    outbox.push(CHANGED, SLOT);
  };
}
