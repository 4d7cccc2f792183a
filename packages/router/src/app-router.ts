import { lazy } from "@trpc/server";
import { router } from "./trpc.ts";

/**
 * Everything that Conveyor can be asked, one router per area. Areas are loaded when one of their procedures is first
 * called: a command that runs embedded must not pay for building the schemas of all the others.
 */
export const appRouter = router({
  tasks: lazy(() => import("./tasks.ts").then((area) => area.tasksRouter)),
  audit: lazy(() => import("./audit.ts").then((area) => area.auditRouter)),
  observation: lazy(() => import("./observation.ts").then((area) => area.observationRouter)),
  autonomy: lazy(() => import("./autonomy.ts").then((area) => area.autonomyRouter)),
  bindings: lazy(() => import("./bindings.ts").then((area) => area.bindingsRouter)),
  criteria: lazy(() => import("./criteria.ts").then((area) => area.criteriaRouter)),
  decisions: lazy(() => import("./decisions.ts").then((area) => area.decisionsRouter)),
  dispatch: lazy(() => import("./dispatch.ts").then((area) => area.dispatchRouter)),
  inbox: lazy(() => import("./inbox.ts").then((area) => area.inboxRouter)),
  sessions: lazy(() => import("./sessions.ts").then((area) => area.sessionsRouter)),
  startup: lazy(() => import("./startup.ts").then((area) => area.startupRouter)),
  terminals: lazy(() => import("./terminals.ts").then((area) => area.terminalsRouter)),
  discovery: lazy(() => import("./discovery.ts").then((area) => area.discoveryRouter)),
  telemetry: lazy(() => import("./telemetry.ts").then((area) => area.telemetryRouter)),
  transcripts: lazy(() => import("./transcripts.ts").then((area) => area.transcriptsRouter)),
  workers: lazy(() => import("./workers.ts").then((area) => area.workersRouter)),
  system: lazy(() => import("./system.ts").then((area) => area.systemRouter)),
});

export type AppRouter = typeof appRouter;
