import { CSPProvider } from "@base-ui/react/csp-provider";
import { PlayheadProvider } from "@playhead/react";
import { Suspense } from "react";
import { Route, Switch } from "wouter";
import { client } from "./client.ts";
import { JobListProvider } from "./pages/jobs/job-list-provider.tsx";
import { OverviewPage } from "./pages/overview/overview-page.tsx";
import { SessionGate } from "./session/session-gate.tsx";
import { StayConnected } from "./session/stay-connected.tsx";
import { LoadingPage } from "./shell/loading-page.tsx";
import { NotFoundPage } from "./shell/not-found-page.tsx";
import { Shell } from "./shell/shell.tsx";
import { ZonedPages } from "./shell/zoned-pages.tsx";
import { lazily } from "./ui/lazily.ts";

/** Each page is fetched when somebody goes there first. */
const pages = {
  alerts: lazily(async () => (await import("./pages/alerts/alerts-page.tsx")).AlertsPage),
  health: lazily(async () => (await import("./pages/health/health-page.tsx")).HealthPage),
  job: lazily(async () => (await import("./pages/job/job-page.tsx")).JobPage),
  jobs: lazily(async () => (await import("./pages/jobs/jobs-page.tsx")).JobsPage),
  logs: lazily(async () => (await import("./pages/logs/logs-page.tsx")).LogsPage),
  newJob: lazily(async () => (await import("./pages/new/new-job-page.tsx")).NewJobPage),
  performance: lazily(async () => (await import("./pages/performance/performance-page.tsx")).PerformancePage),
  reports: lazily(async () => (await import("./pages/reports/reports-page.tsx")).ReportsPage),
  settings: lazily(async () => (await import("./pages/settings/settings-page.tsx")).SettingsPage),
};

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
              <ZonedPages>
                <Suspense fallback={<LoadingPage />}>
                  <Switch>
                    <Route path="/" component={OverviewPage} />
                    <Route path="/jobs" component={pages.jobs} />
                    <Route path="/new" component={pages.newJob} />
                    <Route path="/jobs/:id">{({ id }) => <pages.job key={id} jobId={decodeURIComponent(id)} />}</Route>
                    <Route path="/performance/*?" component={pages.performance} />
                    <Route path="/logs" component={pages.logs} />
                    <Route path="/alerts/*?" component={pages.alerts} />
                    <Route path="/health" component={pages.health} />
                    <Route path="/reports/*?" component={pages.reports} />
                    <Route path="/settings" component={pages.settings} />
                    <Route component={NotFoundPage} />
                  </Switch>
                </Suspense>
              </ZonedPages>
            </JobListProvider>
          </SessionGate>
        </Shell>
      </PlayheadProvider>
    </CSPProvider>
  );
}
