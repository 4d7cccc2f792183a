import type { AnyOperation, CallOf, Operations, OutputOf } from "@conveyor/contracts";

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
/** Operations that stream. */
export type StreamPath = PathsOf<"subscription">;

export type Input<Path extends QueryPath | StreamPath> = CallOf<Named<Path>>;
/** What an operation answers; of a stream: one item. */
export type Output<Path extends QueryPath | StreamPath> = OutputOf<Named<Path>>;

export type Task = Output<"tasks.onChange">;
export type Session = Output<"sessions.onChange">;
export type Inbox = Output<"inbox.session">;
export type InboxItem = Inbox["items"][number];
export type Command = Output<"dispatch.commands">[number];
