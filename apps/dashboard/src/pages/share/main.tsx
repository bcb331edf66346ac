import "../../theme/base.css";
import "../../ui/marks.css";
import "./share.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readShareLink } from "./share-link.ts";
import { SharePage } from "./share-page.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("expected an element #root in share.html");
createRoot(root).render(
  <StrictMode>
    <SharePage link={readShareLink(location.pathname, location.hash)} />
  </StrictMode>,
);
// Another link in the same tab changes only what stands behind the #.
addEventListener("hashchange", () => location.reload());
