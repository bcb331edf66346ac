import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { formatMoment } from "../../ui/times.ts";
import { settingsApi } from "./settings-api.ts";

const SHOWN = 8;
/** Who is written down for a change that was made in the file itself. */
const THE_FILE = "file";

/** Who changed what, the newest first. */
export function ConfigChanges({ revision, nowMs }: { readonly revision: string; readonly nowMs: number }) {
  // Another revision: something was changed.
  const { value: changes } = usePolled(`changes ${revision}`, settingsApi.changes);
  if (changes === null) return null;
  return (
    <Section title="Changes">
      {changes.length === 0 && (
        <p className="py-3 text-13 text-soft">Nothing was changed since the server keeps track.</p>
      )}
      <ol>
        {changes.slice(0, SHOWN).map(({ audit_id, ts, credential_id: by, target }) => (
          <li key={audit_id} className="grid gap-x-6 border-b border-line py-2 text-13 desk:grid-cols-[9rem_12rem_1fr]">
            <time dateTime={ts} className="text-faint">
              {formatMoment(Date.parse(ts), nowMs)}
            </time>
            <span className="text-soft wrap-anywhere">{by === THE_FILE ? "in the file" : by}</span>
            <span className="font-mono wrap-anywhere">{target}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
