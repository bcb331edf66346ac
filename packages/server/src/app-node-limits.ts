import type { ServerOptions } from "./app.ts";
import { configWithoutFile } from "./app-config.ts";
import { connectionLimitsOf, requestLimitsOf } from "./app-reload.ts";
import { watchConfig } from "./config/watch-config.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { RequestLimit } from "./http/request-limit.ts";

/** What of a node goes by limits. */
export interface LimitedParts {
  readonly requestLimit: Pick<RequestLimit, "setLimits">;
  readonly gateway: Pick<Gateway, "setLimits">;
}

/**
 * Has a node go by the limits that its configuration file says, whenever it changes. What else changes without a start is
 * the engine's, which follows the file of its own node.
 *
 * @returns ends it
 */
export function followLimits(
  { config, loaded = configWithoutFile(config), log }: Pick<ServerOptions, "config" | "loaded" | "log">,
  { requestLimit, gateway }: LimitedParts,
): () => void {
  const watch = watchConfig({
    initial: loaded,
    nowMs: Date.now,
    onChange(next) {
      requestLimit.setLimits(requestLimitsOf(next));
      gateway.setLimits(connectionLimitsOf(next));
    },
    onAccepted: ({ keys }) => log("info", "the configuration file was changed", { keys }),
    onRefused: ({ message }) =>
      log("warning", "the configuration file is refused: what it said before still holds", { error: message }),
  });
  return watch.close;
}
