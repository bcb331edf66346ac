import type { AlertSilence } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { ALERTS_START_MS, createLifeWorld, findingOf, ruleOf, TENANT } from "../../../test/alert-findings.ts";

const at = (seconds: number) => new Date(ALERTS_START_MS + seconds * 1_000).toISOString();

function silence(untilSec: number, matchers: Readonly<Record<string, string>>): AlertSilence {
  return { silence_id: "s", matchers, until: at(untilSec), reason: "upgrade", created_by: "me", created_at: at(0) };
}

describe("one alert", () => {
  test("is told of once, and when it is over", () => {
    const rule = ruleOf();
    const { runTo, log, told } = createLifeWorld([rule]);
    runTo(100, (second) =>
      second >= 5 && second < 50 ? [findingOf(rule, "holds", second)] : [findingOf(rule, "over", second)],
    );
    expect(log()).toEqual(["6 trigger", "50 resolve"]);
    expect(told[0]?.notification.group_key).toBe(told[1]?.notification.group_key);
    expect(told[1]?.notification.alerts).toMatchObject([{ state: "resolved", resolved_at: at(50) }]);
  });

  test("that is over at once is told of all the same", () => {
    const rule = ruleOf();
    const { runTo, log } = createLifeWorld([rule]);
    runTo(10, (second) => (second === 5 ? [findingOf(rule, "holds", 5), findingOf(rule, "over", 5)] : []));
    expect(log()).toEqual(["6 trigger", "7 resolve"]);
  });

  test("is told of again as often as was asked, until somebody sees to it", () => {
    const rule = ruleOf({ repeat_every: 10 });
    const world = createLifeWorld([rule]);
    const holds = (second: number) => [findingOf(rule, "holds", second)];
    world.runTo(1_300, holds);
    expect(world.log()).toEqual(["2 trigger", "602 repeat", "1202 repeat"]);
    const alertId = world.told[0]?.notification.alerts[0]?.alert_id ?? "";
    const acknowledged = world.life.acknowledge(alertId, "ann", "on it", world.nowMs());
    expect(acknowledged).toMatchObject({ acknowledged_by: "ann", acknowledged_at: at(1_300) });
    // A second time changes nothing.
    expect(world.life.acknowledge(alertId, "bob", null, world.nowMs() + 1)).toEqual(acknowledged);
    world.collect();
    world.runTo(4_000, holds);
    world.runTo(4_010, (second) => [findingOf(rule, "over", second)]);
    expect(world.log().slice(3)).toEqual(["1300 acknowledge", "4001 resolve"]);
    expect(world.told[3]?.notification.message).toContain("by ann: on it");
    expect(world.life.acknowledge(alertId, "ann", null, world.nowMs())).toBeNull();
  });

  test("in its cooldown waits until that ends, and is told then if it still fires", () => {
    const rule = ruleOf({ cooldown_period: 10 });
    const { runTo, log, told } = createLifeWorld([rule]);
    const spans = [
      [1, 20],
      [100, 120],
      [300, 900],
    ] as const;
    runTo(1_000, (second) => [
      findingOf(rule, spans.some(([from, to]) => second >= from && second < to) ? "holds" : "over", second),
    ]);
    // Told at 2; from 602 on it may be told of again.
    expect(log()).toEqual(["2 trigger", "20 resolve", "(101 trigger)", "(301 trigger)", "602 trigger", "900 resolve"]);
    expect(new Set(told.map(({ notification }) => notification.notification_id)).size).toBe(told.length);
  });
});

describe("a silence", () => {
  const rule = ruleOf({ labels: { team: "video" } });
  const holds = (second: number) => [findingOf(rule, "holds", second)];

  test.each<readonly [Readonly<Record<string, string>>, boolean]>([
    [{ team: "video" }, true],
    [{ rule: "Failures", level: "error" }, true],
    [{ team: "audio" }, false],
    [{ team: "video", kind: "clips" }, false],
  ])("%o", (matchers, isSilenced) => {
    const world = createLifeWorld([rule]);
    world.life.setSilences(TENANT, [silence(100, matchers)]);
    world.runTo(90, holds);
    expect(world.log()).toEqual([isSilenced ? "(2 trigger)" : "2 trigger"]);
    expect(world.life.peek(String(world.told[0]?.notification.alerts[0]?.alert_id))?.alert.silence_id).toBe(
      isSilenced ? "s" : null,
    );
  });

  test("that ends lets what still fires be told; one that is lifted does at once", () => {
    for (const lift of [false, true]) {
      const world = createLifeWorld([rule]);
      world.life.setSilences(TENANT, [silence(100, { team: "video" })]);
      world.runTo(50, holds);
      if (lift) world.life.setSilences(TENANT, []);
      world.runTo(120, holds);
      expect(world.log()).toEqual(["(2 trigger)", lift ? "51 trigger" : "100 trigger"]);
    }
  });

  test("keeps quiet of what comes and goes within it, and stops repeats; what was told of is told to be over", () => {
    const world = createLifeWorld([rule]);
    world.life.setSilences(TENANT, [silence(1_000, { team: "video" })]);
    world.runTo(50, holds);
    world.runTo(60, (second) => [findingOf(rule, "over", second)]);
    expect(world.log()).toEqual(["(2 trigger)"]);
    world.life.setSilences(TENANT, []);
    world.runTo(100, holds);
    world.life.setSilences(TENANT, [silence(10_000, { team: "video" })]);
    world.runTo(200, (second) => [findingOf(rule, "over", second)]);
    expect(world.log().slice(1)).toEqual(["62 trigger", "101 resolve"]);
  });
});

describe("an alert that comes and goes", () => {
  test("is told of as that once, and then not before it is stable", () => {
    const rule = ruleOf();
    const world = createLifeWorld([rule]);
    // On for a minute, off for a minute, for an hour.
    world.runTo(3_600, (second) => [findingOf(rule, Math.floor(second / 60) % 2 === 0 ? "holds" : "over", second)]);
    const triggers = world.log().filter((line) => /^\d+ trigger/.test(line));
    expect(triggers).toHaveLength(7);
    expect(world.told.filter(({ state }) => state === "suppressed")).toHaveLength(1);
    expect(
      world.told.filter(({ kind, state }) => kind === "trigger" && state === "pending").at(-1)?.notification.title,
    ).toContain("comes and goes");
    const alerts = new Set(world.changes.flatMap(({ alerts }) => alerts.map(({ alert }) => alert.alert_id)));
    expect(alerts.size).toBe(7);
    const before = world.told.length;
    world.runTo(3_600 + 30 * 60 + 60, (second) => [findingOf(rule, "over", second)]);
    expect(world.told.slice(before).map(({ kind }) => kind)).toEqual(["resolve"]);
    world.runTo(world.told.at(-1)?.atSec ?? 0, () => []);
    const next = world.told.length;
    world.runTo(3_600 + 32 * 60, (second) => [findingOf(rule, "holds", second)]);
    expect(world.told.slice(next).map(({ kind, state }) => `${kind} ${state}`)).toEqual(["trigger pending"]);
    expect(world.told.at(-1)?.notification.title).not.toContain("comes and goes");
  });
});

describe("a storm", () => {
  const rule = ruleOf({ group_by: ["job_id"], time_window: 2 });
  const CLIPS = 10_000;
  const JOBS = 400;

  /** Clips fail for a minute, in many jobs; each job's window empties two minutes after its last one. */
  function storm(second: number) {
    return Array.from({ length: JOBS }, (_, job) => {
      const labels = { job_id: `job_${job}` };
      const count = Math.min(CLIPS / JOBS, Math.floor((CLIPS / JOBS) * (second / 60) * (1 + (job % 7) / 7)));
      const causes = [
        { cause: "disk_full", count: Math.ceil(count / 2) },
        { cause: "decode_failed", count: Math.floor(count / 2) },
      ];
      const outcome = count > 0 && second < 180 ? "holds" : "over";
      return findingOf(rule, outcome, second, { labels, count, causes, jobId: labels.job_id });
    });
  }

  test("of 10,000 failing clips is told of once, with counts and causes, and once that it is over", () => {
    const world = createLifeWorld([rule]);
    world.runTo(300, storm);
    expect(world.log()).toEqual(["3 trigger", "180 resolve"]);
    expect(world.told[0]?.notification.alerts).toHaveLength(20);
    expect(world.told[0]?.notification.causes[0]).toEqual({ cause: "disk_full", count: 400 });
    expect(world.told[1]?.notification).toMatchObject({
      alert_count: JOBS,
      count: CLIPS,
      causes: [
        { cause: "disk_full", count: 5_200 },
        { cause: "decode_failed", count: 4_800 },
      ],
      title: "Failures (400 alerts)",
    });
    expect(JSON.stringify(world.told[1]?.notification).length).toBeLessThan(20_000);
  });

  test("that lasts is told of again when it has grown, and what comes later by itself", () => {
    const world = createLifeWorld([rule]);
    world.runTo(700, (second) =>
      Array.from({ length: second }, (_, job) =>
        findingOf(rule, "holds", second, { labels: { job_id: `job_${job}` }, count: 1 }),
      ),
    );
    const groups = world.told.map(({ atSec, kind, notification }) => `${atSec} ${kind} ${notification.alert_count}`);
    expect(groups).toEqual(["2 trigger 2", "302 repeat 300", "302 trigger 2", "602 repeat 300", "602 trigger 2"]);
  });

  test("takes a bounded part of memory; what has no room is looked at again", () => {
    const world = createLifeWorld([rule]);
    const all = (count: number, outcome: "holds" | "over") => (second: number) =>
      Array.from({ length: count }, (_, job) =>
        findingOf(rule, outcome, second, { labels: { job_id: `job_${job}` }, count: 1 }),
      );
    world.runTo(2, all(3_000, "holds"));
    expect([world.life.countFiring(), world.life.takeLeft()]).toEqual([2_000, 2_000]);
    world.runTo(3, all(1_500, "over"));
    world.runTo(4, all(3_000, "holds"));
    expect(world.life.countFiring()).toBe(2_000);
  });
});

describe("rules", () => {
  test("that go or are switched off end their alerts; others' stay", () => {
    const [gone, off, kept] = ["gone", "off", "kept"].map((name) => ruleOf({ name }));
    const rules = [gone, off, kept] as [typeof kept & object, typeof kept & object, typeof kept & object];
    const world = createLifeWorld(rules);
    world.runTo(5, (second) => rules.map((rule) => findingOf(rule, "holds", second)));
    world.life.setRules(
      [
        { tenantId: TENANT, rule: { ...rules[1], enabled: false } },
        { tenantId: TENANT, rule: rules[2] },
      ],
      world.nowMs(),
    );
    world.runTo(10, (second) => [findingOf(rules[2], "holds", second)]);
    const resolved = world.told
      .filter(({ kind }) => kind === "resolve")
      .map(({ notification }) => notification.rule_name);
    expect(resolved).toEqual(["gone", "off"]);
    expect(world.life.countFiring()).toBe(1);
  });

  test("that measure something else end what nobody says anything of any more", () => {
    const rule = ruleOf({ group_by: ["kind"] });
    const world = createLifeWorld([rule]);
    world.runTo(5, (second) => [findingOf(rule, "holds", second, { labels: { kind: "clips" } })]);
    const changed = { ...rule, group_by: [] };
    world.life.setRules([{ tenantId: TENANT, rule: changed }], world.nowMs());
    world.runTo(200, (second) => [findingOf(changed, "holds", second)]);
    // Its window of a minute, and another one.
    expect(world.told.filter(({ kind }) => kind === "resolve").map(({ atSec }) => atSec)).toEqual([]);
    expect(world.life.countFiring()).toBe(1);
  });
});
