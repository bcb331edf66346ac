import { CSPProvider } from "@base-ui/react/csp-provider";
import { PlayheadProvider } from "@playhead/react";
import { type ComponentType, Suspense } from "react";
import { Route, Switch } from "wouter";
import { client } from "./client.ts";
import { JobListProvider } from "./pages/jobs/job-list-provider.tsx";
import { OverviewPage } from "./pages/overview/overview-page.tsx";
import { SessionGate } from "./session/session-gate.tsx";
import { StayConnected } from "./session/stay-connected.tsx";
import { LoadingPage } from "./shell/loading-page.tsx";
import { NotFoundPage } from "./shell/not-found-page.tsx";
import { PageLocation } from "./shell/page-location.tsx";
import { Shell } from "./shell/shell.tsx";
import { ZonedPages } from "./shell/zoned-pages.tsx";
import { lazily } from "./ui/lazily.ts";

/** A page whose code is fetched when somebody goes there first. */
function pageOf<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  const Page = lazily(load);
  return (props: Props) => (
    <Suspense fallback={<LoadingPage />}>
      <Page {...props} />
    </Suspense>
  );
}

const pages = {
  alerts: pageOf(async () => (await import("./pages/alerts/alerts-page.tsx")).AlertsPage),
  health: pageOf(async () => (await import("./pages/health/health-page.tsx")).HealthPage),
  job: pageOf(async () => (await import("./pages/job/job-page.tsx")).JobPage),
  jobs: pageOf(async () => (await import("./pages/jobs/jobs-page.tsx")).JobsPage),
  logs: pageOf(async () => (await import("./pages/logs/logs-page.tsx")).LogsPage),
  newJob: pageOf(async () => (await import("./pages/new/new-job-page.tsx")).NewJobPage),
  performance: pageOf(async () => (await import("./pages/performance/performance-page.tsx")).PerformancePage),
  reports: pageOf(async () => (await import("./pages/reports/reports-page.tsx")).ReportsPage),
  settings: pageOf(async () => (await import("./pages/settings/settings-page.tsx")).SettingsPage),
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
              <PageLocation>
                <ZonedPages>
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
                </ZonedPages>
              </PageLocation>
            </JobListProvider>
          </SessionGate>
        </Shell>
      </PlayheadProvider>
    </CSPProvider>
  );
}
