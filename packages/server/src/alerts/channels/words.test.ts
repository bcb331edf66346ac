import fc from "fast-check";
import { expect, test } from "vitest";
import { alertOf, notificationOf } from "../../../test/alert-notification.ts";
import { hostileNotification } from "../../../test/hostile-notification.ts";
import { boundedNotification, shortKey } from "./bounded-notification.ts";
import { htmlOf } from "./email/email-html.ts";
import { SUBJECT_LENGTH, textOf, wordsOf } from "./words.ts";

test.each([
  { kind: "trigger", subject: "[CRITICAL] 42 % of clips fail" },
  { kind: "repeat", subject: "[CRITICAL] Still: 42 % of clips fail" },
  { kind: "acknowledge", subject: "Acknowledged: 42 % of clips fail" },
  { kind: "resolve", subject: "Resolved: 42 % of clips fail" },
  { kind: "test", subject: "Test: 42 % of clips fail" },
  { kind: "report", subject: "42 % of clips fail" },
] as const)("a $kind begins with what kind of news it is", ({ kind, subject }) => {
  expect(wordsOf(notificationOf({ kind })).subject).toBe(subject);
});

test("without a title they are headed by the rule, and without that by a word: receivers refuse what has no heading", () => {
  const blank = notificationOf({ kind: "report", title: " \u0000", rule_name: "Weekly", message: "" });
  expect(wordsOf(blank)).toMatchObject({ subject: "Weekly", message: "Weekly" });
  expect(wordsOf({ ...blank, rule_name: "\u202e" })).toMatchObject({ subject: "Untitled", message: "Untitled" });
});

test("say what happened, how much, since when, why, and what to do", () => {
  expect(wordsOf(notificationOf())).toMatchObject({
    facts: [
      { label: "Level", text: "critical" },
      { label: "Rule", text: "Error rate" },
      { label: "How much", text: "1,204" },
      { label: "Measured", text: "0.42 (threshold 0.1)" },
      { label: "Since", text: "2026-11-21 10:43:12 UTC (11 minutes)" },
    ],
    causes: ["1,150 × disk_full", "54 × encoder_failed: Conversion failed!"],
    alerts: ["kind clips: 0.42"],
    links: [
      { label: "What to do", url: "https://wiki.example/runbooks/error-rate" },
      { label: "Look at it in Playhead", url: "https://playhead.example/alerts/alr_91" },
    ],
  });
});

test("of many alerts the first, and how many more there are", () => {
  const alerts = Array.from({ length: 20 }, (_, no) => alertOf({ labels: { kind: `k${no}` } }));
  const words = wordsOf(notificationOf({ alerts, alert_count: 312 }));
  expect(words.alerts).toHaveLength(11);
  expect(words.alerts.at(-1)).toBe("and 302 more");
  expect(words.facts).toContainEqual({ label: "How much", text: "1,204 in 312 alerts" });
});

test("who acknowledged, and how long it lasted", () => {
  const acknowledged = notificationOf({ kind: "acknowledge", alerts: [alertOf({ acknowledged_by: "Ada" })] });
  expect(wordsOf(acknowledged).facts).toContainEqual({ label: "Acknowledged by", text: "Ada" });
  const resolved = notificationOf({ kind: "resolve", created_at: "2026-11-24T10:43:12.000Z" });
  expect(textOf(wordsOf(resolved))).toContain("Since: 2026-11-21 10:43:12 UTC (lasted 3 days)");
});

test.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "file:///etc/passwd",
  "not an address",
  `https://a/${"x".repeat(2_000)}`,
])("%s is no link", (url) => expect(wordsOf(notificationOf({ url, runbook_url: url })).links).toEqual([]));

const tagsOf = (html: string) =>
  (html.match(/<[^<>]*>/g) ?? []).map((tag) => tag.replace(/ href="https?:[^"<>]*"/, ""));
const OUR_TAGS = new Set(tagsOf(htmlOf(wordsOf(notificationOf()))));

test("hostile texts: bounded, without control characters, and in HTML nothing but text", () => {
  fc.assert(
    fc.property(hostileNotification, (notification) => {
      const words = wordsOf(notification);
      expect(words.subject.length).toBeLessThanOrEqual(SUBJECT_LENGTH);
      const text = textOf(words);
      expect(text.length).toBeLessThan(10_000);
      expect(words.subject + text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      expect(text.isWellFormed() && words.subject.isWellFormed()).toBe(true);
      expect(tagsOf(htmlOf(words)).filter((tag) => !OUR_TAGS.has(tag))).toEqual([]);
      const bounded = boundedNotification(notification, 19_500);
      expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThanOrEqual(19_500);
      expect(shortKey(notification.group_key).length).toBeLessThanOrEqual(255);
    }),
    { numRuns: 500 },
  );
});
