/** Messages of rules: `{{name}}` stands for a value, `{{name %}}` for a share in percent. */

/** What every message may name, beside measurements and labels. */
const ALWAYS = ["value", "threshold", "rule", "level", "count"] as const;

const PLACE = /\{\{([^{}%]*)(%?)\s*\}\}/g;

/** What is wrong with a message whose values are these; null when nothing is. */
export function messageFault(message: string, known: readonly string[]): string | null {
  const names = [...ALWAYS, ...known];
  for (const [, name = ""] of message.matchAll(PLACE)) {
    if (!names.includes(name.trim())) return `there is no {{${name.trim()}}}; there are ${names.join(", ")}`;
  }
  return /\{\{|\}\}/.test(message.replaceAll(PLACE, "")) ? "expected each {{ to have its }}, around a name" : null;
}

/** The message with its values in their places; a value that is missing is told as `unknown`. */
export function renderMessage(message: string, values: Readonly<Record<string, string | number | null>>): string {
  return message.replaceAll(PLACE, (_place, name: string, percent: string) => {
    const key = name.trim();
    const value = Object.hasOwn(values, key) ? values[key] : null;
    if (value === null || value === undefined) return "unknown";
    if (typeof value === "string") return value;
    return percent === "" ? String(Number(value.toPrecision(4))) : formatShare(value);
  });
}

function formatShare(share: number): string {
  const percent = share * 100;
  return `${Math.abs(percent) < 10 ? Number(percent.toPrecision(2)) : Math.round(percent)} %`;
}
