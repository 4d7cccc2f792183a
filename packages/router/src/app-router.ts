import { auditRouter } from "./audit.ts";
import { observationRouter } from "./observation.ts";
import { tasksRouter } from "./tasks.ts";
import { bindingsRouter } from "./bindings.ts";
import { criteriaRouter } from "./criteria.ts";
import { decisionsRouter } from "./decisions.ts";
import { discoveryRouter } from "./discovery.ts";
import { dispatchRouter } from "./dispatch.ts";
import { inboxRouter } from "./inbox.ts";
import { sessionsRouter } from "./sessions.ts";
import { startupRouter } from "./startup.ts";
import { systemRouter } from "./system.ts";
import { terminalsRouter } from "./terminals.ts";
import { transcriptsRouter } from "./transcripts.ts";
import { router } from "./trpc.ts";
import { workersRouter } from "./workers.ts";

/** Everything that Conveyor can be asked, one router per area. */
export const appRouter = router({
  tasks: tasksRouter,
  audit: auditRouter,
  observation: observationRouter,
  bindings: bindingsRouter,
  criteria: criteriaRouter,
  decisions: decisionsRouter,
  dispatch: dispatchRouter,
  inbox: inboxRouter,
  sessions: sessionsRouter,
  startup: startupRouter,
  terminals: terminalsRouter,
  discovery: discoveryRouter,
  transcripts: transcriptsRouter,
  workers: workersRouter,
  system: systemRouter,
});

export type AppRouter = typeof appRouter;
