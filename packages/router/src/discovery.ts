import * as discoveryOperations from "@conveyor/contracts/discovery";
import * as discovery from "@conveyor/core/discovery";
import { query, router } from "./trpc.ts";

export const discoveryRouter = router({ discover: query(discoveryOperations.discover, discovery.discover) });
