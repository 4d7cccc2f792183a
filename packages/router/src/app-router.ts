import { areas } from "./generated/areas.ts";
import { router } from "./trpc.ts";

/**
 * Everything that Conveyor can be asked, one router per area (tools/contracts/registry.ts lists them). Areas are loaded when
 * one of their procedures is first called: a command that runs embedded must not pay for building the schemas of all the
 * others.
 */
export const appRouter = router(areas);

export type AppRouter = typeof appRouter;
