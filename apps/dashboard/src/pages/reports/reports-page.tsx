import { Page } from "../../ui/page.tsx";

/** Reports that were made, and the making of new ones. */
export function ReportsPage() {
  return (
    <Page title="Reports" heading="Reports">
      {null}
    </Page>
  );
}
