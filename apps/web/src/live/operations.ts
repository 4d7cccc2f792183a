import type { AnyOperation, CallOf, Operations, OutputOf } from "@conveyor/contracts";

export type {
  Chain,
  ChainState,
  ConversationStep,
  Dispatcher,
  SessionListItem,
  TaskListItem,
} from "@conveyor/contracts";

/** Paths `<area>.<name>` of all operations of one kind. */
type PathsOf<Kind extends AnyOperation["kind"]> = {
  [Area in keyof Operations]: {
    [Name in keyof Operations[Area]]: Operations[Area][Name] extends { kind: Kind }
      ? `${Area & string}.${Name & string}`
      : never;
  }[keyof Operations[Area]];
}[keyof Operations];

type Named<Path> = Path extends `${infer Area extends keyof Operations}.${infer Name}`
  ? Extract<Operations[Area][Name & keyof Operations[Area]], AnyOperation>
  : never;

/** What the page may ask. */
const QUERIES = [
  "audit.replay",
  "autonomy.autopilotStatus",
  "campaigns.dashboard",
  "campaigns.list",
  "contract.listRecipes",
  "contract.questions",
  "criteria.list",
  "dispatch.commands",
  "dispatch.deadCommands",
  "dispatch.overview",
  "epilogues.status",
  "loops.listRuns",
  "proof.show",
  "system.doctor",
  "tasks.checkFinish",
  "tasks.list",
  "telemetry.list",
  "telemetry.summary",
] as const satisfies readonly PathsOf<"query">[];

/**
 * What the page may change. Each has a button behind it and its command line in `act/command-line.ts`; nothing that an agent
 * says in its own name is among them.
 */
const MUTATIONS = [
  "bindings.bind",
  "bindings.unbind",
  "checks.accept",
  "criteria.accept",
  "criteria.add",
  "criteria.defer",
  "criteria.reject",
  "criteria.satisfy",
  "dispatch.cancelCommand",
  "dispatch.enqueueNudgeWorker",
  "dispatch.retryCommand",
  "inbox.release",
  "proof.verify",
  "sessions.deregister",
  "tasks.finish",
  "tasks.stop",
] as const satisfies readonly PathsOf<"mutation">[];

/** What the page follows. */
const STREAMS = [
  "dispatch.onHeartbeat",
  "sessions.onChange",
  "tasks.onChange",
  "telemetry.onEvent",
] as const satisfies readonly PathsOf<"subscription">[];

export type QueryPath = (typeof QUERIES)[number];
export type MutationPath = (typeof MUTATIONS)[number];
export type StreamPath = (typeof STREAMS)[number];
type AnyPath = QueryPath | MutationPath | StreamPath | "dispatch.showMessage";

export type InputAt<Path extends AnyPath> = CallOf<Named<Path>>;
/** What an operation answers; of a stream: one item. */
export type OutputAt<Path extends AnyPath> = OutputOf<Named<Path>>;

export type Overview = OutputAt<"dispatch.overview">;
export type Inbox = Overview["inbox"]["sessions"][number];
export type DeliveredItem = Overview["chains"][number]["notifications"][number];
export type DeadGroup = OutputAt<"dispatch.deadCommands">["groups"][number];
export type Happening = OutputAt<"telemetry.onEvent">;
export type TaskProof = OutputAt<"proof.show">;
export type CriterionStanding = TaskProof["criteria"][number];
export type { AgentStatus, Command, Criterion, ReplayEntry } from "@conveyor/contracts";
