import { PerformanceFrame } from "./performance-frame.tsx";

/** Two periods, or two jobs, side by side. */
export function ComparePart() {
  return (
    <PerformanceFrame title="Compare" heading="Compare">
      {null}
    </PerformanceFrame>
  );
}
