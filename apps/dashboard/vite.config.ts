import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

/** Where `npm run dev` finds a server to show. */
const server = process.env.PLAYHEAD_URL ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  // Our own packages are built from their sources.
  resolve: { conditions: ["playhead-src", ...defaultClientConditions] },
  build: {
    target: ["chrome125", "firefox128", "safari18"],
    // Files, not data: addresses, so that the page needs no exception in its content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What belongs to which page: test/weight.test.ts weighs them.
    manifest: true,
    // The dashboard, and the page that a share link opens.
    rolldownOptions: { input: ["index.html", "share.html"] },
  },
  server: {
    proxy: {
      "/api": server,
      "/media": server,
      "/ws": { target: server, ws: true },
    },
  },
});
