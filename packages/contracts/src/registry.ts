import * as audit from "./audit.ts";
import * as bindings from "./bindings.ts";
import * as criteria from "./criteria.ts";
import * as decisions from "./decisions.ts";
import * as dispatch from "./dispatch.ts";
import * as inbox from "./inbox.ts";
import * as observation from "./observation.ts";
import type { AnyOperation, Operation } from "./operation.ts";
import * as sessions from "./sessions.ts";
import * as system from "./system.ts";
import * as tasks from "./tasks.ts";

/**
 * Every operation of Conveyor, by area. The router must serve each of them, the CLI must offer each of them, the SDK
 * takes its types from here, and the reference lists them; a test walks this object and asserts all of that.
 */
export const operations = {
  tasks: { list: tasks.list, onChange: tasks.onChange, create: tasks.create, finish: tasks.finish },
  sessions: {
    registerWorker: sessions.registerWorker,
    registerManager: sessions.registerManager,
    deregister: sessions.deregister,
    list: sessions.list,
    onChange: sessions.onChange,
  },
  bindings: { bind: bindings.bind, unbind: bindings.unbind },
  criteria: {
    list: criteria.list,
    add: criteria.add,
    accept: criteria.accept,
    satisfy: criteria.satisfy,
    defer: criteria.defer,
    reject: criteria.reject,
  },
  observation: {
    ingest: observation.ingest,
    tail: observation.tail,
    cycle: observation.cycle,
    nudge: observation.nudge,
    interrupt: observation.interrupt,
  },
  decisions: { record: decisions.record },
  audit: { show: audit.show, replay: audit.replay },
  dispatch: {
    run: dispatch.run,
    watch: dispatch.watch,
    enqueueNotifyManager: dispatch.enqueueNotifyManager,
    enqueueNudgeWorker: dispatch.enqueueNudgeWorker,
    commands: dispatch.commands,
  },
  inbox: {
    session: inbox.session,
    manager: inbox.manager,
    worker: inbox.worker,
    takeSession: inbox.takeSession,
    takeManager: inbox.takeManager,
    takeWorker: inbox.takeWorker,
    onItem: inbox.onItem,
  },
  system: {
    serve: system.serve,
    stopServer: system.stopServer,
    serverStatus: system.serverStatus,
    loginUrl: system.loginUrl,
    completions: system.completions,
    doctor: system.doctor,
    dbDoctor: system.dbDoctor,
  },
} as const satisfies Record<string, Record<string, AnyOperation | Operation>>;

export type Operations = typeof operations;

/** All operations as a flat list, in the order of the registry. */
export function allOperations(): AnyOperation[] {
  return Object.values(operations).flatMap((area) => Object.values(area) as unknown as AnyOperation[]);
}
