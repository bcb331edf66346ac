import { Route, Switch } from "wouter";
import { NewReportPage } from "./new-report-page.tsx";
import { ReportList } from "./report-list.tsx";
import { ReportPage } from "./report-page.tsx";

/** Reports that were made, one of them, and the making of new ones: each at its own address. */
export function ReportsPage() {
  return (
    <Switch>
      <Route path="/reports" component={ReportList} />
      <Route path="/reports/new" component={NewReportPage} />
      <Route path="/reports/:id">{({ id }) => <ReportPage key={id} reportId={decodeURIComponent(id)} />}</Route>
    </Switch>
  );
}
