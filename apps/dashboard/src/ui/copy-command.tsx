import { useEffect, useState } from "react";
import { Icon } from "./icons.tsx";

export interface CopyCommandProps {
  readonly command: string;
  /** What it is. @defaultValue `Command` */
  readonly label?: string;
}

/** A command to run in a terminal, or a link to send, and a button that copies it. */
export function CopyCommand({ command, label = "Command" }: CopyCommandProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    // Without a secure context there is no clipboard: then the text can still be selected.
    navigator.clipboard?.writeText(command).then(
      () => setCopied(true),
      () => {},
    );
  };
  return (
    <div className="flex max-w-full items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <input
        readOnly
        value={command}
        aria-label={label}
        onFocus={(event) => event.target.select()}
        className="min-w-0 grow bg-transparent py-1 font-mono text-13 outline-none"
      />
      <button
        type="button"
        onClick={copy}
        className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-sm px-2 text-13 text-soft hover:bg-raised hover:text-ink"
      >
        <Icon name={copied ? "check" : "copy"} />
        <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
      </button>
    </div>
  );
}
