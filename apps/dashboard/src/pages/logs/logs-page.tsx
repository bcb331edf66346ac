import { Page } from "../../ui/page.tsx";

/** All that was logged, searched and followed. */
export function LogsPage() {
  return (
    <Page title="Logs" heading="Logs">
      {null}
    </Page>
  );
}
