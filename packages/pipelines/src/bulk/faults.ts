import { PlayheadError } from "@playhead/sdk";

/** A message is one line: it tells the first faults, `detail.faults` has more of them. */
const MAX_TOLD = 3;
const MAX_KEPT = 100;

/** The error that lists what is wrong with rows or a template. */
export function faultsError(
  code: "rows_invalid" | "template_invalid",
  faults: readonly string[],
  hint: string,
  cause?: unknown,
): PlayheadError {
  const more = faults.length - MAX_TOLD;
  const told = `${faults.slice(0, MAX_TOLD).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  const what = code === "rows_invalid" ? "the rows are wrong" : "the template is wrong";
  return new PlayheadError(code, `${what}: ${told}`, { hint, detail: { faults: faults.slice(0, MAX_KEPT) }, cause });
}
