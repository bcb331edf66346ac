import { ALERT_LEVELS, type AlertNotification, NOTIFICATION_KINDS } from "@playhead/core";
import fc from "fast-check";
import { alertOf, notificationOf } from "./alert-notification.ts";

const NASTY = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "a\r\nBcc: victim@example.com\r\n\r\nbody",
  "\r\n.\r\nQUIT\r\n",
  "<!channel> <@U123> <https://evil.example|click>",
  "&amp;&lt;&&&&",
  "*bold* _it_ ~no~ `code` ```",
  "\u0000\u0007\u001b[31mred\u001b[0m",
  "\u202egnp.exe\u202c",
  "مرحبا שלום",
  "👩‍👩‍👧‍👦🎬",
  "\ud83d",
  "{{constructor}} #{7*7} %s",
  "=?utf-8?B?QmNjOiB4?=",
  "",
  " ",
];

const word = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 30 }),
);
const text = fc.oneof(
  fc.array(word, { maxLength: 8 }).map((words) => words.join(" ")),
  fc.tuple(word, fc.integer({ min: 1, max: 4_000 })).map(([each, times]) => each.repeat(times).slice(0, 20_000)),
);
const address = fc.oneof(
  fc.constant(null),
  text,
  text.map((path) => `https://wiki.example/${path}`),
);

/** Notifications with the worst texts that somebody may give a job, a file or a rule. */
export const hostileNotification: fc.Arbitrary<AlertNotification> = fc
  .record({
    notification_id: fc.uuid(),
    kind: fc.constantFrom(...NOTIFICATION_KINDS),
    level: fc.constantFrom(...ALERT_LEVELS),
    group_key: fc.oneof(
      fc.uuid(),
      text.filter((key) => key !== ""),
    ),
    title: text,
    message: text,
    rule_name: text,
    runbook_url: address,
    url: address,
    causes: fc.array(fc.record({ cause: text, count: fc.nat() }), { maxLength: 12 }),
    alerts: fc.array(
      fc
        .record({ labels: fc.dictionary(text, text, { maxKeys: 3 }), message: text, acknowledged_by: text })
        .map((more) => alertOf(more)),
      { maxLength: 15 },
    ),
    alert_count: fc.nat(100_000),
    count: fc.nat(),
  })
  .map((more) => notificationOf(more));
