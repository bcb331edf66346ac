import type { ReportFormat } from "@playhead/core";
import { Icon } from "../../ui/icons.tsx";
import { fileHref } from "./reports-api.ts";

const ORDER: readonly ReportFormat[] = ["pdf", "html", "csv", "json"];
const OPENED: ReadonlySet<ReportFormat> = new Set(["pdf", "html"]);

export interface ReportFilesProps {
  readonly reportId: string;
  readonly title: string;
  readonly formats: readonly ReportFormat[];
}

/** A report's files: what a browser shows opens beside the page, the others are saved. */
export function ReportFiles({ reportId, title, formats }: ReportFilesProps) {
  return (
    <ul aria-label={`Files of ${title}`} className="flex shrink-0 gap-1">
      {ORDER.filter((format) => formats.includes(format)).map((format) => (
        <li key={format}>
          <a
            href={fileHref(reportId, format)}
            {...(OPENED.has(format) ? { target: "_blank", rel: "noreferrer" } : { download: `${reportId}.${format}` })}
            className="inline-flex h-8 items-center gap-1 rounded-md px-2 font-mono text-12 text-soft transition-colors duration-150 hover:bg-raised hover:text-ink"
          >
            {!OPENED.has(format) && <Icon name="download" />}
            {format.toUpperCase()}
            <span className="sr-only"> of {title}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
