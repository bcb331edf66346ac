import {
  createContext,
  type ReactNode,
  startTransition,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { Router } from "wouter";
import { navigate, useBrowserLocation, useSearch } from "wouter/use-browser-location";

const Shown = createContext({ path: "", search: "" });

/** As wouter asks for them. */
const usePath = (): [string, typeof navigate] => [useContext(Shown).path, navigate];
const useShownSearch = () => useContext(Shown).search;

/**
 * Where the pages are: the address, and on the way to another page the one before until the other is drawn. That is done in
 * pieces, so that a click is answered at once however large the page is, by the bar above. What changes behind the `?` is
 * no other page, and is there at once: fields show it while one types. So is a page that one goes back to: the browser
 * scrolls to where it was, as soon as it has told of it.
 */
export function PageLocation({ children }: { readonly children: ReactNode }) {
  const [path] = useBrowserLocation();
  const search = useSearch();
  const isBack = useSyncExternalStore(followSteps, () => wasStepInHistory);
  const asked = useMemo(() => ({ path, search }), [path, search]);
  const [drawn, setDrawn] = useState(asked);
  // No deferred value: within one, what comes after the first view (useAfterFirst) would come with it.
  useLayoutEffect(() => {
    if (isBack) setDrawn(asked);
    else startTransition(() => setDrawn(asked));
  }, [asked, isBack]);
  return (
    <Router hook={usePath} searchHook={useShownSearch}>
      <Shown value={isBack || asked.path === drawn.path ? asked : drawn}>{children}</Shown>
    </Router>
  );
}

/** Whether the address that is there now was come to by going back or forth. */
let wasStepInHistory = false;

function followSteps(listener: () => void): () => void {
  const note = ({ type }: Event) => {
    wasStepInHistory = type === "popstate";
    listener();
  };
  // The other two are wouter's own: browsers tell nothing of what a page does itself.
  const types = ["popstate", "pushState", "replaceState"];
  for (const type of types) addEventListener(type, note);
  return () => {
    for (const type of types) removeEventListener(type, note);
  };
}
