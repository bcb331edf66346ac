import { Route, Switch } from "wouter";
import { AlertPage } from "./alert-page.tsx";
import { ChannelsPart } from "./channels-part.tsx";
import { DeliveriesPart } from "./deliveries-part.tsx";
import { HistoryPart } from "./history-part.tsx";
import { NowPart } from "./now-part.tsx";
import { RulePage } from "./rule-page.tsx";
import { RulesPart } from "./rules-part.tsx";
import { SilencesPart } from "./silences-part.tsx";

/** What fires, what fired, what is looked for, and who is told: each at its own address. */
export function AlertsPage() {
  return (
    <Switch>
      <Route path="/alerts" component={NowPart} />
      <Route path="/alerts/history" component={HistoryPart} />
      <Route path="/alerts/rules" component={RulesPart} />
      <Route path="/alerts/rules/new">
        <RulePage key="new" ruleId={null} />
      </Route>
      <Route path="/alerts/rules/:id">{({ id }) => <RulePage key={id} ruleId={decodeURIComponent(id)} />}</Route>
      <Route path="/alerts/silences" component={SilencesPart} />
      <Route path="/alerts/deliveries" component={DeliveriesPart} />
      <Route path="/alerts/channels" component={ChannelsPart} />
      <Route path="/alerts/:id">{({ id }) => <AlertPage key={id} alertId={decodeURIComponent(id)} />}</Route>
    </Switch>
  );
}
