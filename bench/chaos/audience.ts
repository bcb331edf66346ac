import { isDeepStrictEqual } from "node:util";
import { createPlayheadClient, type JobFeed } from "@playhead/client";
import type { EventFrame, Job } from "@playhead/core";
import { type FactViewer, openFactViewer } from "./fact-viewer.ts";

export interface AudienceOptions {
  /** Of the servers; viewers are spread over them. */
  readonly urls: readonly string[];
  readonly key: string;
  readonly jobIds: readonly string[];
  readonly viewers: number;
  /** Of those, how many read slowly. */
  readonly slowViewers: number;
  /** Whether they come back to where they were. */
  readonly resumes: boolean;
  readonly random: () => number;
  /** Told of each fact that a viewer has seen, and at which server. */
  readonly onFact?: (fact: EventFrame, server: number) => void;
}

/** Viewers of all kinds, each of one job. */
export interface Audience {
  /** Cuts about this part of the bare sockets, 0..1, from their own side. @returns how many */
  drop(part: number): number;
  /** Who has not seen as much as is stored, in words for people. */
  behind(stored: ReadonlyMap<string, Job>): readonly string[];
  outcome(stored: ReadonlyMap<string, Job>): {
    readonly faults: { readonly lost: number; readonly doubled: number; readonly unordered: number };
    /** Viewers that do not stand where the store stands. */
    readonly unequal: number;
    readonly reconnects: number;
    /** Connections that were lost without a word. */
    readonly silences: number;
  };
  close(): void;
}

/** Half of them count each fact over a bare socket, the slow ones among them; the others use the client library. */
export function openAudience(options: AudienceOptions): Audience {
  const { urls, key, jobIds, viewers, slowViewers, resumes, random, onFact } = options;
  const counting = viewers / 2 + slowViewers / 2;
  const jobOf = (at: number) => jobIds[at % jobIds.length] as string;
  // So that a job is watched at several servers, where there are several.
  const serverOf = (at: number) => (at + Math.floor(at / jobIds.length)) % urls.length;
  const urlOf = (at: number) => urls[serverOf(at)] as string;

  const factViewers = new Map<FactViewer, string>();
  const places = new Map<FactViewer, number>();
  for (let at = 0; at < counting; at += 1) {
    const jobId = jobOf(at);
    const isSlow = at < slowViewers;
    const url = urlOf(at).replace("http", "ws");
    const told = (fact: EventFrame) => onFact?.(fact, serverOf(at));
    const viewer = openFactViewer({ url, key, jobId, resumes, isSlow, random, onFact: told });
    factViewers.set(viewer, jobId);
    places.set(viewer, serverOf(at));
  }
  const followed: {
    readonly jobId: string;
    readonly server: number;
    readonly feed: () => JobFeed;
    readonly close: () => void;
  }[] = [];
  for (let at = counting; at < viewers; at += 1) {
    const client = createPlayheadClient({ url: urlOf(at), token: async () => key });
    const store = client.watchJob(jobOf(at));
    const end = store.subscribe(() => undefined);
    const close = () => {
      end();
      client.close();
    };
    followed.push({ jobId: jobOf(at), server: serverOf(at), feed: store.getSnapshot, close });
  }
  const all = () => [
    ...[...factViewers].map(([viewer, jobId]) => ({
      ...{ jobId, job: viewer.job(), server: places.get(viewer) },
      how: `bare socket, ${viewer.connection()}`,
    })),
    ...followed.map(({ jobId, server, feed }) => ({
      ...{ jobId, job: feed().job, server },
      how: `client, ${feed().live ? "live" : "not live"}`,
    })),
  ];

  return {
    drop(part) {
      const chosen = [...factViewers.keys()].filter(() => random() < part);
      for (const viewer of chosen) viewer.drop();
      return chosen.length;
    },
    behind(stored) {
      const seqOf = (jobId: string) => stored.get(jobId)?.seq ?? Number.POSITIVE_INFINITY;
      return all()
        .filter(({ jobId, job }) => job === null || job.seq < seqOf(jobId))
        .map(({ jobId, job, server, how }) => `${jobId} at ${server}: ${job?.seq} of ${seqOf(jobId)} (${how})`);
    },
    outcome(stored) {
      const faults = { lost: 0, doubled: 0, unordered: 0 };
      let [reconnects, silences] = [0, 0];
      for (const viewer of factViewers.keys()) {
        faults.lost += viewer.faults.lost;
        faults.doubled += viewer.faults.doubled;
        faults.unordered += viewer.faults.unordered;
        reconnects += viewer.reconnects();
        silences += viewer.silences();
      }
      const unequal = all().filter(({ jobId, job }) => !isSame(job, stored.get(jobId))).length;
      return { faults, unequal, reconnects, silences };
    },
    close() {
      for (const viewer of factViewers.keys()) viewer.close();
      for (const { close } of followed) close();
    },
  };
}

/** Ticks have numbers of their own, which nobody has to have seen. */
function isSame(seen: Job | null, stored: Job | undefined): boolean {
  return isDeepStrictEqual({ ...seen, tick: 0 }, { ...stored, tick: 0 });
}
