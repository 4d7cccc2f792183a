import { query, router } from "./trpc.ts";

export const discoveryRouter = router({
  discover: query("discovery.discover", () => import("@conveyor/core/discovery/discover")),
});
