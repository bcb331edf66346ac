import { NO_DATA_POLICIES } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { ALERTS_START_MS, findingOf, ruleOf } from "../../../test/alert-findings.ts";
import type { Finding } from "../finding.ts";
import type { LiveAlert } from "./live-alert.ts";
import { type Change, endAlert, type Phase, stepAlert, stepTime } from "./step-alert.ts";

const OUTCOMES = ["holds", "between", "over", "no_data"] as const;
const waiting = ruleOf({ for: 60 });
const lasting = ruleOf({ keep_firing_for: 30 });

/** An alert in each phase, a minute before the finding. */
const ROWS: Readonly<Record<Phase, () => LiveAlert | null>> = {
  none: () => null,
  pending: () => stepAlert(null, findingOf(waiting, "holds", 0)).row,
  firing: () => stepAlert(null, findingOf(ruleOf(), "holds", 0)).row,
  resolved: () => stepAlert(ROWS.firing(), findingOf(ruleOf(), "over", 1)).row,
};

const EXPECTED: Readonly<Record<Phase, Readonly<Record<Finding["outcome"], readonly [Change, string | null]>>>> = {
  none: { holds: ["fired", "firing"], between: ["same", null], over: ["same", null], no_data: ["same", null] },
  pending: {
    holds: ["fired", "firing"],
    between: ["dropped", "resolved"],
    over: ["dropped", "resolved"],
    no_data: ["dropped", "resolved"],
  },
  firing: {
    holds: ["measured", "firing"],
    between: ["measured", "firing"],
    over: ["resolved", "resolved"],
    no_data: ["resolved", "resolved"],
  },
  resolved: {
    holds: ["fired", "firing"],
    between: ["same", "resolved"],
    over: ["same", "resolved"],
    no_data: ["same", "resolved"],
  },
};

describe("every state and outcome", () => {
  const cases = (Object.keys(EXPECTED) as Phase[]).flatMap((phase) => OUTCOMES.map((outcome) => ({ phase, outcome })));
  test.each(cases)("$phase, $outcome", ({ phase, outcome }) => {
    const before = ROWS[phase]();
    const { row, change } = stepAlert(before, findingOf(phase === "pending" ? waiting : ruleOf(), outcome, 60));
    expect([change, row?.alert.state ?? null]).toEqual(EXPECTED[phase][outcome]);
    if (change === "same") expect(row).toBe(before);
  });
});

test.each(NO_DATA_POLICIES)("missing data with the policy %s", (no_data) => {
  const rule = ruleOf({ no_data });
  const firing = stepAlert(null, findingOf(rule, "holds", 0)).row;
  const ofFiring = stepAlert(firing, findingOf(rule, "no_data", 60));
  const ofNone = stepAlert(null, findingOf(rule, "no_data", 60));
  const expected = { ok: ["resolved", "same"], keep: ["same", "same"], alert: ["measured", "fired"] }[no_data];
  expect([ofFiring.change, ofNone.change]).toEqual(expected);
});

describe("`for`", () => {
  test("is waited for without a break; a second time begins anew, in the place of what never fired", () => {
    const first = stepAlert(null, findingOf(waiting, "holds", 0)).row;
    const early = stepAlert(first, findingOf(waiting, "holds", 59));
    expect(early.change).toBe("measured");
    const dropped = stepAlert(early.row, findingOf(waiting, "between", 59.5)).row;
    const again = stepAlert(dropped, findingOf(waiting, "holds", 70));
    expect(again).toMatchObject({ change: "pending", row: { alert: { alert_id: first?.alert.alert_id } } });
    expect(stepAlert(again.row, findingOf(waiting, "holds", 129)).change).toBe("measured");
    const fired = stepAlert(again.row, findingOf(waiting, "holds", 130)).row?.alert;
    expect(fired).toMatchObject({ pending_at: "2026-01-01T00:01:10.000Z", fired_at: "2026-01-01T00:02:10.000Z" });
  });
});

describe("`keep_firing_for`", () => {
  const firing = stepAlert(null, findingOf(lasting, "holds", 0)).row;
  const easing = stepAlert(firing, findingOf(lasting, "over", 10));

  test("is how long it has to be over; time alone ends it", () => {
    expect(easing).toMatchObject({ change: "easing", row: { alert: { state: "firing" } } });
    const row = easing.row as LiveAlert;
    expect(stepTime(row, lasting, ALERTS_START_MS + 39_999).row).toBe(row);
    expect(stepTime(row, lasting, ALERTS_START_MS + 40_000).row?.alert).toMatchObject({
      state: "resolved",
      resolved_at: "2026-01-01T00:00:40.000Z",
    });
  });

  test("begins anew where it held in between, also where it was neither", () => {
    for (const outcome of ["holds", "between"] as const) {
      const back = stepAlert(easing.row, findingOf(lasting, outcome, 20)).row;
      const over = stepAlert(back, findingOf(lasting, "over", 45)).row as LiveAlert;
      expect(over.alert.state).toBe("firing");
      expect(stepTime(over, lasting, ALERTS_START_MS + 75_000).change).toBe("resolved");
    }
  });
});

test("an alert keeps the most failures that there were at a time, and says what was measured last", () => {
  const causes = (count: number) => [{ cause: "disk_full", count }];
  const rule = ruleOf({ message: "{{count}} of {{kind}}: {{value}}", group_by: ["kind"] });
  const labels = { kind: "clips" };
  let row: LiveAlert | null = null;
  for (const [at, count, value] of [
    [0, 2, 0.2],
    [1, 9, 0.9],
    [2, 4, 0.4],
  ] as const)
    row = stepAlert(row, findingOf(rule, "holds", at, { labels, count, value, causes: causes(count) })).row;
  expect(row?.alert).toMatchObject({ value: 0.4, count: 9, causes: causes(9), message: "9 of clips: 0.4", labels });
});

test("ends when nobody looks at it any more, whatever it is", () => {
  const ends = (["pending", "firing", "resolved"] as const).map((phase) =>
    endAlert(ROWS[phase]() as LiveAlert, ALERTS_START_MS),
  );
  expect(ends.map(({ change }) => change)).toEqual(["dropped", "resolved", "same"]);
});
