import { formatAge } from "@playhead/client/format";
import type { AlertChannelInfo } from "@playhead/core";
import { useState } from "react";
import { Link } from "wouter";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { type MarkShape, StateMark } from "../../ui/state-mark.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useNow } from "../../ui/use-now.ts";
import { AlertsFrame } from "./alerts-frame.tsx";

const LOOKS: Readonly<Record<AlertChannelInfo["breaker"], readonly [shape: MarkShape, word: string]>> = {
  closed: ["completed", "Works"],
  half_open: ["stalled", "Being tried again"],
  open: ["failed", "Not tried for a while: it failed again and again"],
};

/** How people are told. */
export function ChannelsPart() {
  const read = usePolled("channels", alertsApi.channels);
  const nowMs = useNow(5_000);
  const channels = read.value ?? [];
  const broken = channels.filter(({ breaker }) => breaker !== "closed").length;
  return (
    <AlertsFrame title="Alerts: channels" heading={answerOf(read.value === null ? null : channels.length, broken)}>
      <Loading polled={read} what="the channels" onRetry={() => void read.refresh()} />
      {read.value !== null && channels.length === 0 && <FirstChannel />}
      <ul className="mt-2">
        {channels.map((channel) => (
          <ChannelRow key={channel.channel} channel={channel} nowMs={nowMs} onTested={read.refresh} />
        ))}
      </ul>
    </AlertsFrame>
  );
}

function answerOf(count: number | null, broken: number): string {
  if (count === null) return "Channels";
  if (count === 0) return "Nobody is told yet";
  const many = count === 1 ? "1 channel" : `${count} channels`;
  return broken === 0 ? many : `${many}, ${broken} of them out of order`;
}

interface ChannelRowProps {
  readonly channel: AlertChannelInfo;
  readonly nowMs: number;
  readonly onTested: () => Promise<void>;
}

function ChannelRow({ channel: info, nowMs, onTested }: ChannelRowProps) {
  const { channel, type, target, breaker, pending, last_sent_at, last_error } = info;
  const { busy, fault, run } = useAction();
  const [told, setTold] = useState<string | null>(null);
  const [shape, word] = LOOKS[breaker];
  const test = () =>
    run(`send a test to ${channel}`, async () => {
      setTold(null);
      const { answer, latency_ms } = await alertsApi.testChannel(channel);
      setTold(`The test arrived in ${latency_ms} ms: ${answer}`);
      await onTested();
    });
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-2 border-b border-line py-3 text-13">
      <div className="flex min-w-0 grow basis-80 gap-2">
        <StateMark shape={shape} className="mt-0.5" />
        <div className="min-w-0">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">{channel}</span>
            <span className="text-faint">{type}</span>
            <span className="text-soft wrap-anywhere">{target}</span>
          </p>
          <p className="flex flex-wrap gap-x-4 text-12 text-faint">
            <span>{word}</span>
            <span>
              {last_sent_at === null ? "nothing sent yet" : `sent ${formatAge(nowMs - Date.parse(last_sent_at))}`}
            </span>
            {pending > 0 && <span>{pending} waiting</span>}
            <Link
              href={`/alerts/deliveries?channel=${encodeURIComponent(channel)}`}
              className="underline decoration-line underline-offset-2 hover:text-ink"
            >
              What was sent
            </Link>
          </p>
          {last_error !== null && <p className="text-soft wrap-anywhere">Last error: {last_error}</p>}
          <div role="status">{told !== null && <p className="text-completed wrap-anywhere">{told}</p>}</div>
          <FaultNote fault={fault} />
        </div>
      </div>
      <Button busy={busy !== null} label={`Send a test to ${channel}`} onClick={() => void test()}>
        Send a test
      </Button>
    </li>
  );
}

const EXAMPLE = `{
  "channels": {
    "ops": { "type": "slack", "url": { "env": "SLACK_WEBHOOK_URL" } },
    "log": { "type": "file", "path": "/var/log/playhead/alerts.jsonl" }
  }
}`;

/** How the first channel is set up. */
function FirstChannel() {
  return (
    <div className="mt-6 max-w-[76ch] text-soft">
      <p>
        Channels stand in the configuration file, <code>playhead.config.json</code>: email, webhook, Slack, PagerDuty, a
        file. A change applies at once.
      </p>
      <pre className="mt-3 rounded-md border border-line bg-sunken p-3 text-13 whitespace-pre-wrap text-ink wrap-anywhere">
        {EXAMPLE}
      </pre>
    </div>
  );
}
