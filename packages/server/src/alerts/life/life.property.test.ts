import type { AlertRule } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLifeWorld, findingOf, ruleOf, type Told } from "../../../test/alert-findings.ts";
import type { Finding } from "../finding.ts";

/** Two hours of one condition: what it was, second by second. */
const anyOutcome = fc.constantFrom<Finding["outcome"]>("holds", "holds", "over", "over", "between", "no_data");
const anySpan = fc.record({
  outcome: anyOutcome,
  seconds: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 20, max: 400 })),
});
const anyStory = fc.array(anySpan, { minLength: 1, maxLength: 20 });
const anyRule = fc.record({
  for: fc.constantFrom(0, 0, 3, 60),
  keep_firing_for: fc.constantFrom(0, 0, 5, 120),
  no_data: fc.constantFrom("ok" as const, "keep" as const, "alert" as const),
});

/** At once: what is found within a second is gathered, and looked at with the next. */
const LIMIT_SEC = 2;
const LIMIT = { timeout: 60_000 };

/** Since when the alert fires and until when, said another way: by looking back at each second. */
function firingSpans(outcomes: readonly Finding["outcome"][], rule: AlertRule): readonly (readonly [number, number])[] {
  const missing = { ok: "over", alert: "holds", keep: "keep" } as const;
  const says = outcomes.map((outcome) => (outcome === "no_data" ? missing[rule.no_data] : outcome));
  const spans: [number, number][] = [];
  let from: number | null = null;
  let heldFor = -1;
  let overFor = -1;
  for (const [at, said] of says.entries()) {
    if (said === "holds") [heldFor, overFor] = [heldFor + 1, -1];
    else if (said === "over") [heldFor, overFor] = [-1, overFor + 1];
    else if (said === "between") [heldFor, overFor] = [-1, -1];
    // Nothing is known: what was begun goes on by the clock, and nothing begins.
    else [heldFor, overFor] = [heldFor < 0 ? -1 : heldFor + 1, overFor < 0 ? -1 : overFor + 1];
    if (from === null && said === "holds" && heldFor >= rule.for) from = at;
    else if (from !== null && overFor >= rule.keep_firing_for && said !== "holds") {
      spans.push([from, at]);
      from = null;
      heldFor = -1;
    }
  }
  if (from !== null) spans.push([from, says.length]);
  return spans;
}

/** When somebody was told that it fires, and that this is over. */
function toldSpans(told: readonly Told[], end: number): readonly (readonly [number, number])[] {
  const sent = told.filter(({ state }) => state === "pending");
  return sent.flatMap(({ kind, atSec, notification }) => {
    if (kind !== "trigger") return [];
    const over = sent.find((each) => each.kind === "resolve" && each.notification.group_key === notification.group_key);
    return [[atSec, over?.atSec ?? end] as const];
  });
}

test("property 7: each alert is told within its limit, and never without its condition holding", LIMIT, () => {
  fc.assert(
    fc.property(anyStory, anyRule, (story, draft) => {
      const rule = ruleOf(draft);
      const outcomes = story.flatMap(({ outcome, seconds }) => Array<Finding["outcome"]>(seconds).fill(outcome));
      const world = createLifeWorld([rule]);
      world.runTo(outcomes.length, (second) => [findingOf(rule, outcomes[second - 1] as Finding["outcome"], second)]);
      world.runTo(outcomes.length + LIMIT_SEC);
      const wanted = firingSpans(outcomes, rule).map(([from, to]) => [from + 1, to + 1] as const);
      const found = toldSpans(world.told, outcomes.length + LIMIT_SEC);
      let next = 0;
      for (const [told, over] of found) {
        // Each time that somebody is told, it has just begun to fire.
        const index = wanted.findIndex(([from], at) => at >= next && told >= from && told <= from + LIMIT_SEC);
        expect(index, `told at ${told}, fires ${JSON.stringify(wanted)}`).toBeGreaterThanOrEqual(next);
        // Below the limit of flapping, none is passed over.
        if (index > next) expect(wanted.length).toBeGreaterThan(6);
        next = index + 1;
        if (wanted.length <= 6) expect(Math.abs(over - (wanted[index]?.[1] ?? 0))).toBeLessThanOrEqual(LIMIT_SEC);
      }
      if (wanted.length <= 6) expect(found).toHaveLength(wanted.length);
      else expect(found.length).toBeGreaterThanOrEqual(6);
    }),
    { numRuns: 100 },
  );
});

test(
  "property 7: of many alerts of one rule, each is told of with its group, or by itself within five minutes",
  LIMIT,
  () => {
    const anyFiring = fc.record({
      job: fc.integer({ min: 0, max: 9 }),
      at: fc.integer({ min: 1, max: 1_500 }),
      for: fc.integer({ min: 1, max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(anyFiring, { minLength: 1, maxLength: 12 }), (firings) => {
        const rule = ruleOf({ group_by: ["job_id"] });
        const world = createLifeWorld([rule]);
        const isOn = (job: number, second: number) =>
          firings.some((each) => each.job === job && second >= each.at && second < each.at + each.for);
        world.runTo(3_000, (second) =>
          Array.from({ length: 10 }, (_, job) =>
            findingOf(rule, isOn(job, second) ? "holds" : "over", second, { labels: { job_id: `job_${job}` } }),
          ),
        );
        const sent = world.told.filter(({ kind }) => kind === "trigger" || kind === "repeat");
        for (const { atSec, notification } of sent) {
          // Whoever is named as firing does, and somebody is named.
          expect(notification.alerts.length).toBeGreaterThan(0);
          for (const { state, labels } of notification.alerts)
            if (state === "firing") expect(isOn(Number(labels.job_id?.slice(4)), atSec)).toBe(true);
        }
        for (const { job, at } of firings) {
          if (isOn(job, at - 1)) continue;
          let end = at;
          while (isOn(job, end)) end += 1;
          const isNamed = ({ atSec, notification }: Told) =>
            atSec >= at &&
            atSec <= at + 302 &&
            notification.alerts.some(({ labels }) => labels.job_id === `job_${job}`);
          const near = sent.some(({ atSec }) => atSec >= at - 300 && atSec <= at + LIMIT_SEC);
          expect(near, `job ${job} at ${at}`).toBe(true);
          if (end - at > 302) expect(sent.some(isNamed), `job ${job} at ${at}, named`).toBe(true);
        }
        // What was opened is closed.
        const open = new Set<string>();
        for (const { kind, notification } of world.told) {
          if (kind === "trigger") open.add(notification.group_key);
          if (kind === "resolve") expect(open.delete(notification.group_key)).toBe(true);
        }
        expect(open.size).toBe(0);
      }),
      { numRuns: 25 },
    );
  },
);
