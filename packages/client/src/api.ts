import {
  type ControlVerb,
  type ErrorBody,
  isErrorCode,
  isJsonObject,
  type JobState,
  type JobSummary,
  type LogLevel,
  type LogLine,
  PlayheadError,
  type Task,
} from "@playhead/core";

/** Who is signed in. */
export interface Session {
  readonly role: "admin" | "operator" | "worker" | "viewer";
  readonly tenant_id: string;
}

/** The figures of the whole server. */
export interface Overview {
  readonly running: number;
  readonly by_state: Readonly<Partial<Record<JobState, number>>>;
  readonly jobs_last_24h: number;
  readonly errors_last_24h: number;
  readonly server: { readonly version: string; readonly started_at: string; readonly epoch: string };
}

export interface JobsQuery {
  readonly state?: readonly JobState[];
  readonly kind?: readonly string[];
  /** Text in the title or the id. */
  readonly q?: string;
  readonly page_size?: number;
  readonly page_token?: string;
}

export interface JobsPage {
  readonly jobs: readonly JobSummary[];
  readonly next_page_token: string | null;
}

export interface LogsQuery {
  /** Lines after, or before, this `log_id`. */
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  /** This level and what is worse. */
  readonly level?: LogLevel;
}

/** What became of one job of many. */
export interface BulkResult {
  readonly job_id: string;
  readonly ok: boolean;
  readonly retry_job_id?: string;
  readonly error?: ErrorBody;
}

/** The server's HTTP interface, as far as viewers need it. Each call throws a PlayheadError when it fails. */
export interface Api {
  session(): Promise<Session>;
  /** Trades an access key for a session cookie. */
  signIn(key: string): Promise<void>;
  signOut(): Promise<void>;
  overview(): Promise<Overview>;
  jobs(query?: JobsQuery): Promise<JobsPage>;
  tasks(
    jobId: string,
    pageToken?: string,
  ): Promise<{ readonly tasks: readonly Task[]; readonly next_page_token: string | null }>;
  /** Oldest first. */
  logs(
    jobId: string,
    query?: LogsQuery,
  ): Promise<{ readonly logs: readonly LogLine[]; readonly next_after: number | null }>;
  control(jobId: string, verb: ControlVerb, reason?: string): Promise<{ readonly job: JobSummary }>;
  /** Announces a job that does again what a failed or canceled one was to do. */
  retry(jobId: string): Promise<{ readonly job: JobSummary }>;
  /** The same to many jobs, at most 1,000; each answers for itself. */
  controlAll(
    verb: ControlVerb | "retry",
    jobIds: readonly string[],
    reason?: string,
  ): Promise<{ readonly results: readonly BulkResult[] }>;
}

export interface ApiOptions {
  /** `http:` or `https:` address of the server. */
  readonly url: string;
  readonly token?: (() => Promise<string>) | undefined;
}

type QueryValue = string | number | readonly string[] | undefined;

/** Creates the caller of a server's HTTP interface. */
export function createApi({ url, token }: ApiOptions): Api {
  async function call<Answer>(method: string, path: string, query: object = {}, body?: object): Promise<Answer> {
    const address = new URL(`api/v1/${path}`, url.endsWith("/") ? url : `${url}/`);
    for (const [name, value] of Object.entries(query) as [string, QueryValue][]) {
      for (const each of value === undefined ? [] : [value].flat()) address.searchParams.append(name, String(each));
    }
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (token !== undefined) headers.authorization = `Bearer ${await token()}`;
    let response: Response;
    try {
      response = await fetch(address, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    } catch (cause) {
      throw new PlayheadError("server_unreachable", "the server cannot be reached", {
        cause,
        hint: "check that it runs, then try again",
      });
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw errorOf(response.status, answer);
    return answer as Answer;
  }

  const job = (jobId: string) => `jobs/${encodeURIComponent(jobId)}`;
  return {
    session: () => call("GET", "session"),
    signIn: (key) => call("POST", "session", {}, { key }),
    signOut: () => call("DELETE", "session"),
    overview: () => call("GET", "overview"),
    jobs: (query) => call("GET", "jobs", query),
    tasks: (jobId, pageToken) => call("GET", `${job(jobId)}/tasks`, { page_token: pageToken }),
    logs: (jobId, query) => call("GET", `${job(jobId)}/logs`, query),
    control: (jobId, verb, reason) =>
      call("POST", `${job(jobId)}/${verb}`, {}, { ...(reason !== undefined && { reason }) }),
    retry: (jobId) => call("POST", `${job(jobId)}/retry`),
    controlAll: (verb, job_ids, reason) =>
      call("POST", "jobs/bulk", {}, { verb, job_ids, ...(reason !== undefined && { reason }) }),
  };
}

/** An answer that says no, as the error that the server meant. */
function errorOf(status: number, answer: unknown): PlayheadError {
  const body: Partial<ErrorBody> = isJsonObject(answer) ? answer : {};
  const detail = body.detail ?? {};
  const known = typeof body.error_code === "string" && isErrorCode(body.error_code);
  const code = known
    ? body.error_code
    : status === 401
      ? "unauthorized"
      : status >= 500
        ? "service_unavailable"
        : "invalid_request";
  const message = body.error_message ?? `the server answered with status ${status}`;
  return new PlayheadError(code, message, { detail, ...(typeof detail.hint === "string" && { hint: detail.hint }) });
}
