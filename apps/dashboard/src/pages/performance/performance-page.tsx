import { Route, Switch } from "wouter";
import { NotFoundPage } from "../../shell/not-found-page.tsx";
import { ComparePart } from "./compare-part.tsx";
import { FunctionPart } from "./function-part.tsx";
import { FunctionsPart } from "./functions-part.tsx";

/** How long functions, steps and requests take, and what got slower. */
export function PerformancePage() {
  return (
    <Switch>
      <Route path="/performance" component={FunctionsPart} />
      <Route path="/performance/function" component={FunctionPart} />
      <Route path="/performance/compare" component={ComparePart} />
      <Route component={NotFoundPage} />
    </Switch>
  );
}
