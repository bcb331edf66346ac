import "./theme/base.css";
import "./ui/marks.css";
import "./pages/alerts/alerts.css";
import "./pages/job/timeline.css";
import "./pages/new/new-job.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("expected an element #root in index.html");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
