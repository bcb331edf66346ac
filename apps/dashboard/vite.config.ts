import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

/** Where `npm run dev` finds a server to show. */
const server = process.env.PLAYHEAD_URL ?? "http://127.0.0.1:8765";

/** In the place of React on the page of a share link, which is for phones and bad networks: it weighs a tenth. */
const PREACT = {
  "react/jsx-runtime": "preact/jsx-runtime",
  "react-dom/client": "preact/compat/client",
  "react-dom": "preact/compat",
  react: "preact/compat",
};

// Two builds into one folder (scripts/build-dashboard.mjs): the dashboard, and with `--mode share` the page of a share link.
export default defineConfig(({ mode }) => {
  const isShare = mode === "share";
  return {
    plugins: [react(), tailwindcss()],
    resolve: {
      // Our own packages are built from their sources.
      conditions: ["playhead-src", ...defaultClientConditions],
      alias: isShare ? PREACT : {},
    },
    build: {
      target: ["chrome125", "firefox128", "safari18"],
      // Files, not data: addresses, so that the page needs no exception in its content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // What belongs to which page: test/weight.test.ts weighs them.
      manifest: isShare ? ".vite/share.json" : ".vite/index.json",
      copyPublicDir: !isShare,
      rolldownOptions: { input: isShare ? "share.html" : "index.html" },
    },
    server: {
      proxy: {
        "/api": server,
        "/media": server,
        "/ws": { target: server, ws: true },
      },
    },
  };
});
