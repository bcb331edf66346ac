import { randomUUID } from "node:crypto";
import { type AlertSilence, type JsonObject, PlayheadError } from "@playhead/core";
import * as z from "zod";
import { documentPages } from "../store/document-pages.ts";
import type { Store } from "../store/store.ts";

const SILENCES = "alert_silences";
const MAX_MATCHERS = 20;
/** Of one tenant, at a time. */
const MAX_SILENCES = 1_000;
const YEAR_MINUTES = 366 * 1_440;

const text = z.string().min(1).max(200);

/** What a silence is made of. */
export const silenceDraftSchema = z
  .strictObject({
    matchers: z.record(text, text).refine((matchers) => {
      const count = Object.keys(matchers).length;
      return count > 0 && count <= MAX_MATCHERS;
    }, `expected 1 to ${MAX_MATCHERS} matchers`),
    minutes: z.number().positive().max(YEAR_MINUTES).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    reason: z.string().min(1).max(500),
  })
  .refine(({ minutes, until }) => (minutes === undefined) !== (until === undefined), {
    message: "expected either minutes or until",
    path: ["minutes"],
  });

export interface SilenceBookDeps {
  readonly store: Pick<Store, "putDocument" | "removeDocument" | "listDocuments">;
  readonly nowMs: () => number;
}

/** The silences of all tenants, kept as documents that go when they have ended. */
export function createSilenceBook({ store, nowMs }: SilenceBookDeps) {
  const silences = new Map<string, readonly AlertSilence[]>();

  function list(tenantId: string): readonly AlertSilence[] {
    const current = (silences.get(tenantId) ?? []).filter(({ until }) => Date.parse(until) > nowMs());
    if (silences.has(tenantId)) silences.set(tenantId, current);
    return current;
  }

  return {
    async load(): Promise<void> {
      for await (const page of documentPages(store, SILENCES))
        for (const { tenantId, body } of page)
          silences.set(tenantId, [...(silences.get(tenantId) ?? []), body as unknown as AlertSilence]);
    },
    tenants: (): readonly string[] => [...silences.keys()],
    /** Those that have not ended. */
    list,
    async add(tenantId: string, draft: unknown, by: string): Promise<AlertSilence> {
      const parsed = silenceDraftSchema.safeParse(draft);
      if (!parsed.success) throw new PlayheadError("validation_error", z.prettifyError(parsed.error));
      const { matchers, minutes, until, reason } = parsed.data;
      const now = nowMs();
      const untilMs = until === undefined ? now + (minutes ?? 0) * 60_000 : Date.parse(until);
      if (untilMs <= now)
        throw new PlayheadError("validation_error", `expected until to be in the future, got ${until}`);
      if (list(tenantId).length >= MAX_SILENCES)
        throw new PlayheadError("conflict", `expected at most ${MAX_SILENCES} silences, got one more`);
      const silence: AlertSilence = {
        silence_id: `silence_${randomUUID().replaceAll("-", "").slice(0, 20)}`,
        ...{ matchers, reason },
        until: new Date(untilMs).toISOString(),
        created_by: by,
        created_at: new Date(now).toISOString(),
      };
      const body = silence as unknown as JsonObject;
      await store.putDocument({ collection: SILENCES, id: silence.silence_id, tenantId, body, expiresMs: untilMs });
      silences.set(tenantId, [...list(tenantId), silence]);
      return silence;
    },
    /** @returns whether the tenant had it */
    async remove(tenantId: string, silenceId: string): Promise<boolean> {
      const current = list(tenantId);
      if (!current.some(({ silence_id }) => silence_id === silenceId)) return false;
      await store.removeDocument(SILENCES, silenceId);
      silences.set(
        tenantId,
        list(tenantId).filter(({ silence_id }) => silence_id !== silenceId),
      );
      return true;
    },
  };
}

export type SilenceBook = ReturnType<typeof createSilenceBook>;
