import { tasksRouter } from "./tasks.ts";
import { router } from "./trpc.ts";

/** Everything that Conveyor can be asked, one router per area. */
export const appRouter = router({
  tasks: tasksRouter,
});

export type AppRouter = typeof appRouter;
