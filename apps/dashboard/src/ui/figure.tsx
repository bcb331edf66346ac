import type { ReactNode } from "react";

export interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly unit?: string | undefined;
  /** What to hold it against. */
  readonly note?: ReactNode;
  /** Something that wants to be seen. */
  readonly tone?: "plain" | "failed";
}

/** A number, with its name, its unit and what to hold it against. Stands in a `<dl>`. */
export function Figure({ label, value, unit, note, tone = "plain" }: FigureProps) {
  return (
    <div className="min-w-0">
      <dt className="text-12 text-faint">{label}</dt>
      <dd className="m-0">
        <span className={`text-20 font-medium tracking-tight ${tone === "failed" ? "text-failed" : ""}`}>{value}</span>
        {unit !== undefined && <span className="ml-1 text-13 text-soft">{unit}</span>}
        {note !== undefined && note !== null && <span className="block truncate text-12 text-faint">{note}</span>}
      </dd>
    </div>
  );
}
