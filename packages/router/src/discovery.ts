import { operations } from "@conveyor/contracts";
import { discovery } from "@conveyor/core";
import { query, router } from "./trpc.ts";

export const discoveryRouter = router({ discover: query(operations.discovery.discover, discovery.discover) });
