import type { Operations, OutputOf } from "@conveyor/contracts";

/** Path of an operation, as in `tasks.list`. */
export type Path = {
  [Area in keyof Operations]: `${Area & string}.${keyof Operations[Area] & string}`;
}[keyof Operations];

type OperationAt<P extends Path> = P extends `${infer Area}.${infer Name}`
  ? Area extends keyof Operations
    ? Name extends keyof Operations[Area]
      ? Operations[Area][Name]
      : never
    : never
  : never;

/** What the operation answers, by its path; of a stream: one item. */
export type Answer<P extends Path> = OutputOf<OperationAt<P>>;
