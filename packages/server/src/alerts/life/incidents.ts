import type { AlertRule, NotificationKind } from "@playhead/core";
import type { IncidentRow } from "../../store/alert-store.ts";
import type { createChanges } from "./changes.ts";
import { ruleKeyOf, shortHash } from "./fingerprint.ts";
import {
  dueHindrance,
  dueTelling,
  GROUP_INTERVAL_MS,
  hasLeft,
  type Incident,
  isOver,
  NO_SUM,
  type Telling,
  withEnded,
} from "./incident.ts";
import { isFiring, type LiveAlert } from "./live-alert.ts";
import { deliveriesOf, notificationOf, type Outcome, type TellingChannel } from "./notification.ts";

export interface IncidentsDeps {
  readonly changes: Pick<ReturnType<typeof createChanges>, "incident" | "deliveries">;
  readonly channels: () => readonly TellingChannel[];
  readonly publicUrl: () => string | null;
  /** The alert of these labels as it is now. */
  readonly rowOf: (fingerprint: string) => LiveAlert | undefined;
}

/** How an alert comes to be told. */
export interface Joining {
  readonly rule: AlertRule;
  readonly atMs: number;
  /** What keeps it from being told; null for nothing. */
  readonly hindrance: { readonly silenceId: string | null; readonly reason: string } | null;
}

const TELL: Outcome = { state: "pending", reason: null };
const FLAPS = "it comes and goes: quiet until it is stable";

/** The incidents that are not over, which alerts they are about, and what is said of them. */
export function createIncidents({ changes, channels, publicUrl, rowOf }: IncidentsDeps) {
  const incidents = new Map<string, Incident>();
  const members = new Map<string, Set<string>>();
  /** The one that alerts of a rule may still join. */
  const newest = new Map<string, string>();

  function put(incident: Incident): Incident {
    incidents.set(incident.groupKey, incident);
    changes.incident(incident, incident);
    return incident;
  }

  function close(incident: Incident): void {
    const ruleKey = ruleKeyOf(incident.tenantId, incident.rule.rule_id);
    incidents.delete(incident.groupKey);
    members.delete(incident.groupKey);
    if (newest.get(ruleKey) === incident.groupKey) newest.delete(ruleKey);
    changes.incident(incident, null);
  }

  const incidentOf = ({ memory }: LiveAlert) => incidents.get(memory.groupKey ?? "");

  function rowsOf({ groupKey }: Incident): readonly LiveAlert[] {
    return [...(members.get(groupKey) ?? [])].flatMap((fingerprint) => rowOf(fingerprint) ?? []);
  }

  function openFor({ tenantId, fingerprint }: LiveAlert, { rule, atMs }: Joining): Incident {
    const ruleKey = ruleKeyOf(tenantId, rule.rule_id);
    const joinable = incidents.get(newest.get(ruleKey) ?? "");
    if (joinable !== undefined && atMs - joinable.openedMs < GROUP_INTERVAL_MS) return joinable;
    const groupKey = `inc_${shortHash(ruleKey, fingerprint, atMs)}`;
    newest.set(ruleKey, groupKey);
    members.set(groupKey, new Set());
    const own = { toldMs: null, said: 0, ended: NO_SUM, hasEndedUntold: false, hindrance: null, isFlapNoted: false };
    return { groupKey, tenantId, rule, openedMs: atMs, ...own };
  }

  function toldMsOf(row: LiveAlert): number | null {
    const { tellableSinceMs, toldMs } = row.memory;
    const saidMs = incidentOf(row)?.toldMs ?? null;
    return saidMs !== null && tellableSinceMs !== null && tellableSinceMs <= saidMs ? saidMs : toldMs;
  }

  /** Takes an alert that is over out of its incident. */
  function part(row: LiveAlert, incident: Incident): LiveAlert {
    members.get(incident.groupKey)?.delete(row.fingerprint);
    put(withEnded(incident, row));
    // It will be told of, should that not have been done yet.
    const isTold = row.memory.tellableSinceMs !== null;
    const toldMs = isTold ? (toldMsOf(row) ?? row.memory.changedMs) : row.memory.toldMs;
    return { ...row, memory: { ...row.memory, groupKey: null, tellableSinceMs: null, toldMs } };
  }

  function say(incident: Incident, telling: Telling, nowMs: number, how: { outcome?: Outcome; remark?: string } = {}) {
    const { outcome = TELL, remark } = how;
    const options = { nowMs, publicUrl: publicUrl(), ...(remark !== undefined && { remark }) };
    const notification = notificationOf(incident, telling, options);
    changes.deliveries(deliveriesOf(notification, incident, channels(), outcome));
    return { ...incident, said: incident.said + 1, hindrance: null };
  }

  function tell(incident: Incident, telling: Telling, nowMs: number): void {
    const said = say(incident, telling, nowMs);
    if (telling.kind === "resolve") close(said);
    else put({ ...said, toldMs: nowMs, hasEndedUntold: false });
  }

  function suppress(incident: Incident, kind: NotificationKind, reason: string, nowMs: number): void {
    const outcome = { state: "suppressed", reason } as const;
    put(say(incident, { kind, alerts: rowsOf(incident) }, nowMs, { outcome }));
  }

  function see(incident: Incident, nowMs: number): void {
    const rows = rowsOf(incident);
    const telling = dueTelling(incident, rows, nowMs);
    if (telling !== null) return tell(incident, telling, nowMs);
    const hindrance = dueHindrance(incident, nowMs);
    if (hindrance !== null) suppress(incident, "trigger", hindrance, nowMs);
    if (isOver(incidents.get(incident.groupKey) ?? incident, rows)) close(incident);
  }

  return {
    restore(stored: readonly IncidentRow[], rows: Iterable<LiveAlert>): void {
      for (const { groupKey, incident } of stored) {
        const known = incident as unknown as Incident;
        // Of a newer server, or damaged: its alerts open another.
        if (typeof known.rule?.rule_id !== "string") continue;
        incidents.set(groupKey, known);
        members.set(groupKey, new Set());
        newest.set(ruleKeyOf(known.tenantId, known.rule.rule_id), groupKey);
      }
      for (const { memory, fingerprint } of rows) members.get(memory.groupKey ?? "")?.add(fingerprint);
    },
    setRules(rules: ReadonlyMap<string, AlertRule>): void {
      for (const incident of incidents.values()) {
        const rule = rules.get(ruleKeyOf(incident.tenantId, incident.rule.rule_id));
        if (rule !== undefined) incidents.set(incident.groupKey, { ...incident, rule });
      }
    },
    /** An alert fires: it will be told of with an incident. */
    join(row: LiveAlert, joining: Joining): LiveAlert {
      const known = incidentOf(row);
      if (known !== undefined) {
        // It flaps: that has been said.
        if (known.toldMs !== null && !known.isFlapNoted)
          suppress({ ...known, isFlapNoted: true }, "repeat", FLAPS, joining.atMs);
        return row;
      }
      const { hindrance, atMs } = joining;
      const opened = openFor(row, joining);
      const incident = put({ ...opened, hindrance: hindrance?.reason ?? opened.hindrance });
      members.get(incident.groupKey)?.add(row.fingerprint);
      return {
        ...row,
        alert: { ...row.alert, silence_id: hindrance?.silenceId ?? null },
        memory: { ...row.memory, groupKey: incident.groupKey, tellableSinceMs: hindrance === null ? atMs : null },
      };
    },
    /** An alert is over; one that flaps stays, until it is so for long enough. */
    leave(row: LiveAlert, atMs: number): LiveAlert {
      const incident = incidentOf(row);
      return incident === undefined || !hasLeft(row, atMs) ? row : part(row, incident);
    },
    /** Whether an alert is one of an incident that is not over. */
    has: (row: LiveAlert): boolean => incidentOf(row) !== undefined,
    /** When the labels of an alert were told of last. */
    toldMsOf,
    /** All alerts that are told of together with this one. */
    membersWith(row: LiveAlert): readonly LiveAlert[] {
      const incident = incidentOf(row);
      return incident === undefined ? [row] : rowsOf(incident);
    },
    /** Says that somebody sees to it, to who was told of it. */
    acknowledge(row: LiveAlert, remark: string, nowMs: number): void {
      const incident = incidentOf(row);
      if (incident === undefined || incident.toldMs === null) return;
      const alerts = rowsOf(incident).filter(isFiring);
      put(say(incident, { kind: "acknowledge", alerts }, nowMs, { remark: `Acknowledged ${remark}` }));
    },
    /** Tells what is due. @returns alerts that left by being stable again, as they are now */
    tick(nowMs: number): readonly LiveAlert[] {
      const parted: LiveAlert[] = [];
      for (const incident of [...incidents.values()]) {
        for (const row of rowsOf(incident)) {
          const current = incidents.get(incident.groupKey) ?? incident;
          if (hasLeft(row, nowMs)) parted.push(part(row, current));
        }
        see(incidents.get(incident.groupKey) ?? incident, nowMs);
      }
      return parted;
    },
  };
}
