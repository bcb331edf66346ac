import { AsyncLocalStorage } from "node:async_hooks";

const own = new AsyncLocalStorage<true>();

/** Does what Playhead itself asks of its server: that is no call of the user's, and to record it would lead to more. */
export function asOwnRequest<Value>(run: () => Value): Value {
  return own.run(true, run);
}

/** Whether the calling code is within {@link asOwnRequest}. */
export function isOwnRequest(): boolean {
  return own.getStore() === true;
}
