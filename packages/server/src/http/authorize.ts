import type { IncomingHttpHeaders } from "node:http";
import { PlayheadError } from "@playhead/core";
import type { FastifyRequest } from "fastify";
import type { Api, Caller, CallerPermission } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";

export interface AuthorizeDeps {
  /** Who asks; null when nobody we know. Throws `rate_limited` where keys are guessed. */
  readonly authenticate: (
    headers: IncomingHttpHeaders,
    from: { readonly queryToken: string | null; readonly address: string },
  ) => Promise<Caller | null>;
  /** Counts a request of a credential, or of an address where there is none; throws `rate_limited` for one too many. */
  readonly admit: (who: string) => void;
  readonly mayDo: (caller: Caller, permission: CallerPermission) => boolean;
}

/** Routes about one job; elsewhere `:id` names something else. */
const ABOUT_A_JOB = /^\/api\/v1\/jobs\/:id(\/|$)/;

/**
 * The one place where HTTP requests are authorized: who asks, whether their role has the permission of the route, and
 * whether their job token names the route's job. That the job is their tenant's is seen to where it is looked up.
 */
export function addAuthorization(api: Api, { authenticate, admit, mayDo }: AuthorizeDeps): void {
  api.decorateRequest("tenantId", "");
  // Routes that are not public are not reached before it is set.
  api.decorateRequest("caller", null as unknown as Caller);
  api.addHook("onRequest", async (request) => {
    const { permission = "read" } = request.routeOptions.config;
    if (permission === "forwarded") return;
    if (permission === "public" || request.is404) {
      // Pages come with many files; what a browser asks of the API without a credential is little.
      if (request.url.startsWith("/api/")) admit(`address ${request.ip}`);
      return;
    }
    const caller = await authenticate(request.headers, { queryToken: queryTokenOf(request), address: request.ip });
    admit(caller === null ? `address ${request.ip}` : `credential ${caller.credentialId}`);
    if (caller === null) {
      throw new PlayheadError("unauthorized", "this needs an access key or a signed-in session", {
        hint: "send Authorization: Bearer <access key>, or open the sign-in link that the server printed",
      });
    }
    if (caller.jobIds !== null) checkJob(caller.jobIds, request);
    if (!mayDo(caller, permission)) {
      const what = caller.jobIds === null ? `a key of the role ${caller.role}` : "this job token";
      throw new PlayheadError("forbidden", `${what} may not ${permission === "admin" ? "administer" : permission}`);
    }
    request.tenantId = caller.tenantId;
    request.caller = caller;
  });
}

/** Who came with a job token sees its jobs, and of all else not even whether it is there. */
function checkJob(jobIds: ReadonlySet<string>, { routeOptions, params }: FastifyRequest): void {
  if (!ABOUT_A_JOB.test(routeOptions.url ?? "")) {
    throw new PlayheadError("forbidden", "a job token opens the routes of its job, and nothing else");
  }
  const { id } = params as { readonly id: string };
  if (!jobIds.has(id)) throw noSuchJob(id);
}

function queryTokenOf({ routeOptions, query }: FastifyRequest): string | null {
  if (routeOptions.config.tokenInQuery !== true) return null;
  // Said twice, the first counts, as it does for sockets.
  const [token] = [(query as { readonly token?: string | readonly string[] }).token].flat();
  return token ?? null;
}
