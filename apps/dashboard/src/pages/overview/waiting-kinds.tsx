import { Link } from "wouter";
import { client } from "../../client.ts";
import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { howManyWait, type QueueKind, type QueueState, whoHandsOut, whyKindWaits } from "./queue-words.ts";

/** What waits to begin, by kind, and what for. Nothing when nothing waits, and for who may not see it. */
export function WaitingKinds() {
  const { value } = usePolled("queue", () => client.api.ask<QueueState>("GET", "queue"));
  const kinds = (value?.kinds ?? []).filter(({ waiting, later }) => waiting + later > 0);
  if (value === null || (kinds.length === 0 && value.is_connected !== false)) return null;
  const by = whoHandsOut(value);
  return (
    <Section
      title="Waiting"
      aside={
        by !== null && (
          <span className={`text-13 ${value.is_connected === false ? "text-paused" : "text-faint"}`}>{by}</span>
        )
      }
    >
      {kinds.length === 0 ? (
        <p className="py-4 text-soft">Nothing waits.</p>
      ) : (
        <ul>
          {kinds.map((kind) => (
            <WaitingKind key={kind.kind} kind={kind} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function WaitingKind({ kind }: { readonly kind: QueueKind }) {
  const { words, needsSomeone } = whyKindWaits(kind);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line py-2.5 text-13">
      <span className="min-w-0">
        <Link
          href={`/jobs?state=pending&kind=${encodeURIComponent(kind.kind)}`}
          className="wrap-anywhere hover:underline"
        >
          {kind.kind}
        </Link>{" "}
        <span className="text-soft">{howManyWait(kind)}</span>
      </span>
      <span className={needsSomeone ? "text-paused" : "text-faint"}>{words}</span>
    </li>
  );
}
