import * as audit from "./audit.ts";
import * as autonomy from "./autonomy.ts";
import * as bindings from "./bindings.ts";
import * as commands from "./commands.ts";
import * as criteria from "./criteria.ts";
import * as decisions from "./decisions.ts";
import * as discovery from "./discovery.ts";
import * as dispatch from "./dispatch.ts";
import * as dispatchers from "./dispatchers.ts";
import * as drift from "./drift.ts";
import * as enqueue from "./enqueue.ts";
import * as inbox from "./inbox.ts";
import * as installation from "./installation.ts";
import * as observation from "./observation.ts";
import type { AnyOperation, Operation } from "./operation.ts";
import * as overview from "./overview.ts";
import * as sessions from "./sessions.ts";
import * as startup from "./startup.ts";
import * as system from "./system.ts";
import * as tasks from "./tasks.ts";
import * as telemetry from "./telemetry.ts";
import * as terminals from "./terminals.ts";
import * as transcripts from "./transcripts.ts";
import * as workers from "./workers.ts";

/**
 * Every operation of Conveyor, by area. The router must serve each of them, the CLI must offer each of them, the SDK
 * takes its types from here, and the reference lists them; a test walks this object and asserts all of that.
 */
export const operations = {
  tasks: { list: tasks.list, onChange: tasks.onChange, create: tasks.create, finish: tasks.finish, stop: tasks.stop },
  sessions: {
    registerWorker: sessions.registerWorker,
    registerManager: sessions.registerManager,
    deregister: sessions.deregister,
    list: sessions.list,
    onChange: sessions.onChange,
  },
  startup: {
    startWorker: startup.startWorker,
    startManager: startup.startManager,
    pair: startup.pair,
    planPair: startup.planPair,
    start: startup.start,
  },
  bindings: { bind: bindings.bind, unbind: bindings.unbind, createDisposable: bindings.createDisposable },
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
    divergences: observation.divergences,
  },
  terminals: {
    open: terminals.open,
    openWorker: terminals.openWorker,
    openManager: terminals.openManager,
    stop: terminals.stop,
  },
  discovery: { discover: discovery.discover },
  transcripts: {
    capture: transcripts.capture,
    show: transcripts.show,
    pruneSegments: transcripts.pruneSegments,
    prune: transcripts.prune,
  },
  workers: {
    create: workers.create,
    startTest: workers.startTest,
    list: workers.list,
    status: workers.status,
    idleCheck: workers.idleCheck,
    capture: workers.capture,
    nudge: workers.nudge,
    interrupt: workers.interrupt,
    updateStatus: workers.updateStatus,
    classify: workers.classify,
    events: workers.events,
    followEvents: workers.followEvents,
    planImport: workers.planImport,
    importFolders: workers.importFolders,
    importLedger: workers.importLedger,
  },
  decisions: { record: decisions.record },
  audit: { show: audit.show, replay: audit.replay, trace: audit.trace },
  telemetry: {
    list: telemetry.list,
    count: telemetry.countEvents,
    summary: telemetry.summary,
    onEvent: telemetry.onEvent,
  },
  dispatch: {
    run: dispatch.run,
    watch: dispatch.watch,
    enqueueNotifyManager: enqueue.enqueueNotifyManager,
    enqueueNudgeWorker: enqueue.enqueueNudgeWorker,
    enqueueContinueIteration: enqueue.enqueueContinueIteration,
    commands: commands.list,
    showCommand: commands.show,
    retryCommand: commands.retry,
    cancelCommand: commands.cancel,
    deadCommands: commands.dead,
    onHeartbeat: dispatchers.onHeartbeat,
    stopDispatcher: dispatchers.stopDispatcher,
    overview: overview.overview,
    showMessage: overview.showMessage,
  },
  inbox: {
    session: inbox.session,
    manager: inbox.manager,
    worker: inbox.worker,
    takeSession: inbox.takeSession,
    takeManager: inbox.takeManager,
    takeWorker: inbox.takeWorker,
    onItem: inbox.onItem,
    acknowledgements: inbox.acknowledgements,
    acknowledge: inbox.acknowledge,
    release: inbox.release,
  },
  autonomy: {
    heartbeat: autonomy.heartbeat,
    loopStatus: autonomy.loopStatus,
    planWakeup: autonomy.planWakeup,
    dispatchWakeup: autonomy.dispatchWakeup,
    recordWakeupDelivery: autonomy.recordWakeupDelivery,
  },
  system: {
    serve: system.serve,
    stopServer: system.stopServer,
    serverStatus: system.serverStatus,
    loginUrl: system.loginUrl,
    completions: system.completions,
    doctor: system.doctor,
    dbDoctor: system.dbDoctor,
    doctorSelf: installation.doctorSelf,
    adoptLedger: installation.adoptLedger,
    installSkills: installation.installSkills,
    reconcile: drift.reconcile,
    applyReconcile: drift.applyReconcile,
  },
} as const satisfies Record<string, Record<string, AnyOperation | Operation>>;

export type Operations = typeof operations;

/** All operations as a flat list, in the order of the registry. */
export function allOperations(): AnyOperation[] {
  return Object.values(operations).flatMap((area) => Object.values(area) as unknown as AnyOperation[]);
}
