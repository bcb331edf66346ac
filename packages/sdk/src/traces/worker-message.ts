import { traceparent, withTraceparent } from "./current-trace.ts";

/** A message to another thread, and the trace of the code that sent it. */
export interface TracedMessage<Message> {
  readonly traceparent: string | null;
  readonly message: Message;
}

/** Puts the calling code's trace beside a message, for a thread that works for many: `worker.postMessage(withTrace(work))`. */
export function withTrace<Message>(message: Message): TracedMessage<Message> {
  return { traceparent: traceparent(), message };
}

/** In the thread that got the message: does what is to be done with it in the sender's trace. */
export function inTrace<Message, Value>(traced: TracedMessage<Message>, run: (message: Message) => Value): Value {
  return withTraceparent(traced.traceparent, () => run(traced.message));
}
