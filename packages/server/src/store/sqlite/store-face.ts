import { setImmediate } from "node:timers/promises";
import { type Job, type JobSummary, PlayheadError, type PlayheadEvent, type Task } from "@playhead/core";
import type { AlertStore } from "../alert-store.ts";
import type { CommitGroup, Page, Store, StoredDocument } from "../store.ts";
import { createTurns } from "../turns.ts";
import { createAlertFace } from "./alerts/alert-face.ts";
import type { DocumentText } from "./documents.ts";
import { createGroupEncoder } from "./group-message.ts";
import type { PageText } from "./reader.ts";
import type { ReaderService, ReaderServiceOptions } from "./reader-service.ts";
import type { ThreadCaller } from "./thread.ts";
import type { WriterService, WriterServiceOptions } from "./writer-service.ts";

export interface StoreFaceDeps {
  readonly epoch: string;
  readonly writer: ThreadCaller<WriterServiceOptions, WriterService>;
  readonly reader: ThreadCaller<ReaderServiceOptions, ReaderService>;
  readonly nowMs: () => number;
  /** Ends both threads, after what they were asked already. */
  readonly end: () => Promise<void>;
}

/** The store as the rest of the server sees it: asks its two threads, and makes values of their texts. */
export function createStoreFace({ epoch, writer, reader, nowMs, end }: StoreFaceDeps): Store & AlertStore {
  const encoder = createGroupEncoder();
  const turns = createTurns(encoder.restart);
  let closed: Promise<void> | null = null;

  async function commit(group: CommitGroup): Promise<void> {
    checkOpen();
    await turns.send((turn) => writer.call("commit", turn, encoder.encode(group), nowMs()));
  }

  const ask: typeof reader.call = async (name, ...args) => {
    checkOpen();
    return await reader.call(name, ...args);
  };

  const write: typeof writer.call = async (name, ...args) => {
    checkOpen();
    return await writer.call(name, ...args);
  };

  function checkOpen(): void {
    if (closed !== null) throw new PlayheadError("service_unavailable", "the store is closed", { retryable: false });
  }

  return {
    epoch,
    commit,
    async readJob(jobId) {
      const texts = await ask("readJob", jobId);
      return texts === null ? null : await parseJob(texts);
    },
    async readSnapshot(jobId) {
      const text = await ask("readSnapshot", jobId);
      return text === null ? null : JSON.parse(text);
    },
    readFacts: async (jobId, afterSeq, limit) =>
      JSON.parse(await ask("readFacts", jobId, afterSeq, limit)) as readonly PlayheadEvent[],
    readOpenJobIds: () => ask("readOpenJobIds"),
    readEndedJobIds: (tenantId, jobIds) => ask("readEndedJobIds", tenantId, jobIds),
    listJobs: async (query) => parsePage<JobSummary>(await ask("listJobs", query)),
    listTasks: async (query) => parsePage<Task>(await ask("listTasks", query)),
    countJobs: (tenantId, sinceMs) => ask("countJobs", tenantId, sinceMs),
    readSource: (source) => ask("readSource", source),
    putDocument: (document) => write("putDocument", toText(document), nowMs()),
    addDocument: async (document) => fromText(await write("addDocument", toText(document), nowMs())),
    removeDocument: (collection, id) => write("removeDocument", collection, id, nowMs()),
    readDocument: async (collection, id) => fromText(await ask("readDocument", collection, id, nowMs())),
    listDocuments: async (query) =>
      (await ask("listDocuments", query, nowMs())).map((text) => ({ ...text, body: JSON.parse(text.body) })),
    ...createAlertFace(ask, write),
    prune: (limits) => write("prune", limits, nowMs()),
    maintain: () => write("maintain"),
    close() {
      closed ??= end();
      return closed;
    },
  };
}

/** A job of very many tasks is parsed piece by piece, so that others get their turn. */
async function parseJob([summary, ...taskTexts]: readonly string[]): Promise<Job> {
  const tasks = new Map<string, Task>();
  for (const [at, text] of taskTexts.entries()) {
    if (at > 0) await setImmediate();
    for (const task of JSON.parse(text) as readonly Task[]) tasks.set(task.task_id, task);
  }
  return { ...(JSON.parse(summary as string) as JobSummary), tasks };
}

function toText(document: StoredDocument): DocumentText {
  return { ...document, body: JSON.stringify(document.body) };
}

function fromText(text: DocumentText | null): StoredDocument | null {
  return text === null ? null : { ...text, body: JSON.parse(text.body) };
}

function parsePage<Item>({ items, next }: PageText): Page<Item> {
  return { items: JSON.parse(items), next };
}
