import { createContext, type ReactNode, startTransition, useContext, useLayoutEffect, useMemo, useState } from "react";
import { Router } from "wouter";
import { navigate, useBrowserLocation, useSearch } from "wouter/use-browser-location";

const Shown = createContext({ path: "", search: "" });

/** As wouter asks for them. */
const usePath = (): [string, typeof navigate] => [useContext(Shown).path, navigate];
const useShownSearch = () => useContext(Shown).search;

/**
 * Where the pages are: the address, and on the way to another page the one before until the other is drawn. That is done in
 * pieces, so that a click is answered at once however large the page is, by the bar above. What changes behind the `?` is
 * no other page, and is there at once: fields show it while one types.
 */
export function PageLocation({ children }: { readonly children: ReactNode }) {
  const [path] = useBrowserLocation();
  const search = useSearch();
  const asked = useMemo(() => ({ path, search }), [path, search]);
  const [drawn, setDrawn] = useState(asked);
  // No deferred value: within one, what comes after the first view (useAfterFirst) would come with it.
  useLayoutEffect(() => startTransition(() => setDrawn(asked)), [asked]);
  return (
    <Router hook={usePath} searchHook={useShownSearch}>
      <Shown value={asked.path === drawn.path ? asked : drawn}>{children}</Shown>
    </Router>
  );
}
