import { useState } from "react";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { FIELD } from "../../ui/field.tsx";
import { usePolled } from "../../ui/poll.ts";

/** All that a condition may name; a press on one puts it there. */
export function MeasurementList({ onChoose }: { readonly onChoose: (name: string) => void }) {
  const { value } = usePolled("measurements", alertsApi.measurements);
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const shown = (value ?? []).filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <input
        type="search"
        aria-label="Search measurements"
        placeholder="Search"
        value={text}
        onChange={({ target }) => setText(target.value)}
        className={`${FIELD} mt-3 h-8`}
      />
      <ul className="mt-2 max-h-96 overflow-y-auto">
        {shown.map(({ name, unit, description }) => (
          <li key={name} className="border-b border-line">
            <button
              type="button"
              onClick={() => onChoose(name)}
              title={`Put ${name} into the condition`}
              className="block w-full rounded-sm py-1.5 text-left text-12 hover:bg-raised"
            >
              <code className="text-ink">{name}</code> <span className="text-faint">{unit}</span>
              <span className="block text-soft">{description}</span>
            </button>
          </li>
        ))}
        {value !== null && shown.length === 0 && <li className="py-2 text-13 text-soft">Nothing is called that.</li>}
      </ul>
    </>
  );
}
