import { Page } from "../../ui/page.tsx";

/** How long functions, steps and requests take, and what got slower. */
export function PerformancePage() {
  return (
    <Page title="Performance" heading="Performance">
      {null}
    </Page>
  );
}
