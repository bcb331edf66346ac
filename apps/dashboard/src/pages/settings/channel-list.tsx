import { isJsonObject } from "@playhead/core";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { usePolled } from "../../ui/poll.ts";
import { useAction } from "../../ui/use-action.ts";
import { type Setting, settingsApi } from "./settings-api.ts";

/** Channels of alerts: their types and where they lead. What they need in full stands in the file alone. */
export function ChannelList({ setting }: { readonly setting: Setting }) {
  const { value: known } = usePolled("channels", settingsApi.channels);
  const channels = Object.entries(isJsonObject(setting.value) ? setting.value : {});
  if (channels.length === 0) {
    return (
      <p className="max-w-[60ch] py-3 text-13 text-soft">
        None. Put them into the file under <code>channels</code>, each with a name and a type; they hold at once.
      </p>
    );
  }
  return (
    <ul>
      {channels.map(([name, settings]) => {
        const info = known?.find(({ channel }) => channel === name);
        const type = isJsonObject(settings) ? String(settings.type) : "";
        return (
          <ChannelItem key={name} name={name} type={type} target={info?.target ?? null} canTest={info !== undefined} />
        );
      })}
    </ul>
  );
}

interface ChannelItemProps {
  readonly name: string;
  readonly type: string;
  /** Null while the server does not say. */
  readonly target: string | null;
  readonly canTest: boolean;
}

function ChannelItem({ name, type, target, canTest }: ChannelItemProps) {
  const { busy, fault, run } = useAction();
  const [told, setTold] = useState<string | null>(null);
  const test = () =>
    run(`send a test to ${name}`, async () => {
      setTold(null);
      const { answer, latency_ms: tookMs } = await settingsApi.testChannel(name);
      setTold(`The test arrived in ${tookMs} ms: ${answer}`);
    });
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-b border-line py-3 text-13">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-mono font-medium">{name}</span>
          <span className="text-faint">{type}</span>
          {target !== null && <span className="text-soft wrap-anywhere">{target}</span>}
        </p>
        <div role="status">{told !== null && <p className="text-completed wrap-anywhere">{told}</p>}</div>
        <FaultNote fault={fault} />
      </div>
      {canTest && (
        <Button busy={busy !== null} label={`Send a test to ${name}`} onClick={() => void test()}>
          Send a test
        </Button>
      )}
    </li>
  );
}
