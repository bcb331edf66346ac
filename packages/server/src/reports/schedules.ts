import { type JsonObject, PlayheadError, type ReportSchedule } from "@playhead/core";
import { documentPages } from "../store/document-pages.ts";
import type { Store, StoredDocument } from "../store/store.ts";
import { nextDueMs } from "./schedule-times.ts";

/** A schedule as it is kept. */
export interface KeptSchedule {
  readonly tenantId: string;
  readonly schedule: Omit<ReportSchedule, "next_at">;
  /** Everything that was due up to then is done. */
  readonly doneMs: number;
}

/** What is asked for. */
export interface ScheduleDraft {
  readonly kind: "daily" | "weekly";
  /** @defaultValue 06:00, of a weekly one on Monday */
  readonly cron?: string | undefined;
  /** @defaultValue the server's */
  readonly time_zone?: string | undefined;
  readonly send_to?: readonly string[] | undefined;
}

export interface SchedulesDeps {
  readonly store: Pick<Store, "addDocument" | "putDocument" | "removeDocument" | "readDocument" | "listDocuments">;
  /** Of the server; the schedules that it makes by itself are in it. */
  readonly timeZone: string;
  readonly channelNames: () => readonly string[];
  readonly nowMs: () => number;
  readonly newId: () => string;
}

const COLLECTION = "report_schedules";
/** Remembers for which tenants schedules were made by themselves: whoever removes one is not to find it again. */
const GIVEN = "report_schedules_given";
const CRONS = { daily: "0 6 * * *", weekly: "0 6 * * 1" } as const;
const MOST = 100;

interface Body extends JsonObject {
  readonly kind: "daily" | "weekly";
  readonly cron: string;
  readonly time_zone: string;
  readonly send_to: readonly string[];
  readonly created_at: string;
  readonly done_until: string;
  /** Whether it is one of the server's own, which go by its time zone. */
  readonly is_given: boolean;
}

/** Keeps what makes reports by itself. */
export function createSchedules({ store, timeZone, channelNames, nowMs, newId }: SchedulesDeps) {
  const keptOf = ({ id, tenantId, body }: StoredDocument): KeptSchedule => {
    const { kind, cron, time_zone, send_to, created_at, done_until } = body as Body;
    const schedule = { schedule_id: id, kind, cron, time_zone, send_to, created_at };
    return { tenantId, schedule, doneMs: Date.parse(done_until) };
  };

  function told({ schedule, doneMs }: KeptSchedule): ReportSchedule {
    const { cron, time_zone } = schedule;
    const next = nextDueMs(cron, time_zone, doneMs);
    return { ...schedule, next_at: next === null ? null : new Date(next).toISOString() };
  }

  function bodyOf({ kind, cron = CRONS[kind], time_zone = timeZone, send_to = [] }: ScheduleDraft): Body {
    const at = new Date(nowMs()).toISOString();
    return { kind, cron, time_zone, send_to, created_at: at, done_until: at, is_given: false };
  }

  async function all(): Promise<readonly StoredDocument[]> {
    const documents: StoredDocument[] = [];
    for await (const page of documentPages(store, COLLECTION)) documents.push(...page);
    return documents;
  }

  return {
    /** Of all tenants. */
    all: async (): Promise<readonly KeptSchedule[]> => (await all()).map(keptOf),

    async list(tenantId: string): Promise<readonly ReportSchedule[]> {
      const documents = await store.listDocuments({ collection: COLLECTION, tenantId, limit: MOST });
      return documents.map((document) => told(keptOf(document)));
    },

    /** @throws PlayheadError `validation_error` for a time that never comes or a channel that is not there */
    async create(tenantId: string, draft: ScheduleDraft): Promise<ReportSchedule> {
      const body = bodyOf(draft);
      if (nextDueMs(body.cron, body.time_zone, nowMs()) === null) {
        throw new PlayheadError("validation_error", `expected cron to be of a time that comes, got "${body.cron}"`);
      }
      const unknown = body.send_to.filter((name) => !channelNames().includes(name));
      if (unknown.length > 0) {
        const known = channelNames().join(", ") || "none is configured";
        throw new PlayheadError(
          "validation_error",
          `expected send_to to name channels (${known}), got ${unknown.join(", ")}`,
        );
      }
      const there = await store.listDocuments({ collection: COLLECTION, tenantId, limit: MOST });
      if (there.length === MOST) throw new PlayheadError("conflict", `expected at most ${MOST} schedules`);
      const document = { collection: COLLECTION, id: `sch_${newId()}`, tenantId, body, expiresMs: null };
      await store.addDocument(document);
      return told(keptOf(document));
    },

    /** @returns whether the tenant had it */
    async remove(tenantId: string, scheduleId: string): Promise<boolean> {
      const found = await store.readDocument(COLLECTION, scheduleId);
      return found?.tenantId === tenantId && (await store.removeDocument(COLLECTION, scheduleId));
    },

    /** Notes that all that was due up to then is done; not of one that was removed meanwhile. */
    async noteDone(scheduleId: string, doneMs: number): Promise<void> {
      const found = await store.readDocument(COLLECTION, scheduleId);
      if (found === null) return;
      await store.putDocument({ ...found, body: { ...found.body, done_until: new Date(doneMs).toISOString() } });
    },

    /** Gives a tenant a weekly and a daily one, once; and has those that were given go by the server's zone of now. */
    async give(tenantId: string): Promise<void> {
      const given = { collection: GIVEN, id: tenantId, tenantId, body: {}, expiresMs: null };
      // The schedules first: what a crash leaves out is made at the next start.
      if ((await store.readDocument(GIVEN, tenantId)) === null) {
        for (const kind of ["weekly", "daily"] as const) {
          const body = { ...bodyOf({ kind }), is_given: true };
          await store.addDocument({
            collection: COLLECTION,
            id: `sch_${kind}_${tenantId}`,
            tenantId,
            body,
            expiresMs: null,
          });
        }
        await store.addDocument(given);
      }
      for (const document of await all()) {
        const { is_given, time_zone } = document.body as Body;
        if (!is_given || time_zone === timeZone) continue;
        await store.putDocument({ ...document, body: { ...document.body, time_zone: timeZone } });
      }
    },
  };
}

export type Schedules = ReturnType<typeof createSchedules>;
