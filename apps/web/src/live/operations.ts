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

/** Operations that answer once. */
export type QueryPath = PathsOf<"query">;
/** Operations that may change something. */
export type MutationPath = PathsOf<"mutation">;
/** Operations that stream. */
export type StreamPath = PathsOf<"subscription">;
type AnyPath = QueryPath | MutationPath | StreamPath;

export type InputAt<Path extends AnyPath> = CallOf<Named<Path>>;
/** What an operation answers; of a stream: one item. */
export type OutputAt<Path extends AnyPath> = OutputOf<Named<Path>>;

export type Overview = OutputAt<"dispatch.overview">;
export type Inbox = Overview["inbox"]["sessions"][number];
export type DeliveredItem = Overview["chains"][number]["notifications"][number];
