import { operations } from "./generated/registry.ts";
import type { AnyOperation, CallOf, InputOf, OutputOf } from "./operation.ts";

export { operations };

/**
 * Every operation of Conveyor, by area. The list is made from the files that declare them (tools/contracts/registry.ts):
 * the router must serve each, the CLI must offer each, the SDK takes its types from here, and the reference lists them.
 */
export type Operations = typeof operations;

/** The path of an operation, `<area>.<name>`. */
export type OperationPath = {
  [Area in keyof Operations & string]: `${Area}.${keyof Operations[Area] & string}`;
}[keyof Operations & string];

/** The operation that a path names. */
export type OperationAt<Path extends OperationPath> = Path extends `${infer Area}.${infer Name}`
  ? Area extends keyof Operations
    ? Name extends keyof Operations[Area]
      ? Extract<Operations[Area][Name], AnyOperation>
      : never
    : never
  : never;

/** What the core function of an operation receives: the validated input, defaults filled in. */
export type Input<Path extends OperationPath> = InputOf<OperationAt<Path>>;
/** What a caller of an operation passes: fields with a default may be left out. */
export type Call<Path extends OperationPath> = CallOf<OperationAt<Path>>;
/** What an operation answers; of a subscription: one item. */
export type Output<Path extends OperationPath> = OutputOf<OperationAt<Path>>;

/** All operations as a flat list, in the order of the registry. */
export function allOperations(): AnyOperation[] {
  return Object.values(operations).flatMap((area) => Object.values(area) as unknown as AnyOperation[]);
}
