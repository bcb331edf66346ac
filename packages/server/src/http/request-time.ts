import type { Api } from "./api.ts";

/** As Node has it for a request that takes too long. */
const TOO_LATE = Object.assign(new Error("the request was not sent in time"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });

/**
 * Ends connections whose request does not come to its end in time. A route with `streams` takes bodies of any length: there
 * only a sender that falls silent is cut off.
 */
export function limitRequestTime(api: Api, limitMs: number): void {
  api.addHook("onRequest", (request, _reply, done) => {
    const { socket } = request.raw;
    const giveUp = () => void api.server.emit("clientError", TOO_LATE, socket);
    let timer = setTimeout(giveUp, limitMs);
    const stop = () => clearTimeout(timer);
    request.raw.once("end", stop).once("close", stop).once("error", stop);
    if (request.routeOptions.config.streams === true) {
      request.raw.on("data", () => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, limitMs);
      });
      // Whoever reads it begins; until then it waits where it is.
      request.raw.pause();
    }
    done();
  });
}
