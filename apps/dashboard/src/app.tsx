import { CSPProvider } from "@base-ui/react/csp-provider";
import { PlayheadProvider } from "@playhead/react";
import { Route, Switch } from "wouter";
import { client } from "./client.ts";
import { AlertsPage } from "./pages/alerts/alerts-page.tsx";
import { HealthPage } from "./pages/health/health-page.tsx";
import { JobPage } from "./pages/job/job-page.tsx";
import { JobListProvider } from "./pages/jobs/job-list-provider.tsx";
import { JobsPage } from "./pages/jobs/jobs-page.tsx";
import { NewJobPage } from "./pages/new/new-job-page.tsx";
import { OverviewPage } from "./pages/overview/overview-page.tsx";
import { SettingsPage } from "./pages/settings/settings-page.tsx";
import { SessionGate } from "./session/session-gate.tsx";
import { StayConnected } from "./session/stay-connected.tsx";
import { NotFoundPage } from "./shell/not-found-page.tsx";
import { Shell } from "./shell/shell.tsx";

/** The dashboard: which page stands at which address. */
export function App() {
  return (
    // The server allows no inline styles, so nothing below may bring any.
    <CSPProvider disableStyleElements>
      <PlayheadProvider client={client}>
        <Shell>
          <SessionGate>
            <StayConnected />
            <JobListProvider>
              <Switch>
                <Route path="/" component={OverviewPage} />
                <Route path="/jobs" component={JobsPage} />
                <Route path="/new" component={NewJobPage} />
                <Route path="/jobs/:id">{({ id }) => <JobPage key={id} jobId={decodeURIComponent(id)} />}</Route>
                <Route path="/alerts/*?" component={AlertsPage} />
                <Route path="/health" component={HealthPage} />
                <Route path="/settings" component={SettingsPage} />
                <Route component={NotFoundPage} />
              </Switch>
            </JobListProvider>
          </SessionGate>
        </Shell>
      </PlayheadProvider>
    </CSPProvider>
  );
}
