import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server of a ledger, for `vite dev`; its own page is what `pnpm build` makes. */
const server = process.env["CONVEYOR_SERVER"] ?? "http://127.0.0.1:8797";

export default defineConfig({
  plugins: [react()],
  build: {
    // Everything is one small bundle: nothing to preload, and no inline script that the page's policy would forbid.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: "es2022",
  },
  server: {
    proxy: {
      "/s": { target: server, ws: true },
      "/login": server,
    },
  },
});
