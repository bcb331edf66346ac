import { line, ofNow } from "./api.ts";
import type { TestServer } from "./start-server.ts";

type Role = "admin" | "operator" | "worker" | "viewer" | "monitor";

/** Asks a server as whoever has a credential. */
export function asHolder({ ask, report }: TestServer, credential: string) {
  const authorization = `Bearer ${credential}`;
  return {
    ask: (path: string, init: RequestInit = {}) => ask(path, { ...init, headers: { authorization } }),
    post: (path: string, body?: object) =>
      ask(path, {
        method: "POST",
        headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    report: (records: readonly object[]) => report(records, { authorization }),
  };
}

/** Makes an API key as the owner of the server. */
export async function makeKey(server: TestServer, role: Role, tenant_id: string) {
  const answer = await server.post("/api/v1/keys", { name: `${role} of ${tenant_id}`, role, tenant_id });
  if (answer.status !== 201) throw new Error(`expected a key, got ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { readonly key: string; readonly key_id: string };
}

/** A key of each role in a tenant. */
export async function makeKeys(server: TestServer, tenantId: string): Promise<Readonly<Record<Role, string>>> {
  const make = async (role: Role) => (await makeKey(server, role, tenantId)).key;
  const [admin, operator, worker, viewer, monitor] = [
    await make("admin"),
    await make("operator"),
    await make("worker"),
    await make("viewer"),
    await make("monitor"),
  ];
  return { admin, operator, worker, viewer, monitor };
}

/** Asks for a job token with a key. */
export async function makeToken(server: TestServer, key: string, jobId: string, verbs = ["read"]) {
  const answer = await asHolder(server, key).post(`/api/v1/jobs/${jobId}/tokens`, { verbs });
  if (answer.status !== 201) throw new Error(`expected a token, got ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { readonly token: string; readonly token_id: string; readonly expires_at: string };
}

/** A job that runs, of the tenant that the key of a worker is of; `mark` stands wherever a worker can put it. */
export async function reportMarkedJob(server: TestServer, workerKey: string, jobId: string, mark: string) {
  const source = `worker-${mark}-${jobId}`;
  const records = [
    line(1, "job.created", jobId, { kind: mark, title: mark, user_id: mark, metadata: { mark } }, source),
    line(2, "job.state_changed", jobId, { new_state: "running", reason: mark }, source),
    line(3, "task.created", jobId, { task_id: "t1", kind: "step", title: mark }, source),
    line(4, "task.started", jobId, { task_id: "t1" }, source),
    line(undefined, "progress.updated", jobId, { task_id: "t1", percent_complete: 50 }, source),
    line(5, "log", jobId, { level: "warning", message: mark }, source),
    // Named as the table's requests fill in what they do not know.
    line(6, "video.created", jobId, { task_id: "none", id: "none", title: mark }, source),
  ];
  const answer = await asHolder(server, workerKey).report(ofNow(records));
  const told = JSON.stringify(await answer.json());
  if (told !== '{"accepted":6,"refused":[],"followed":false}')
    throw new Error(`expected the job to be taken, got ${told}`);
  return source;
}
