import type { AnyOperation, Operation } from "./operation.ts";
import * as tasks from "./tasks.ts";

/**
 * Every operation of Conveyor, by area. The router must serve each of them, the CLI must offer each of them, the SDK
 * takes its types from here, and the reference lists them; a test walks this object and asserts all of that.
 */
export const operations = {
  tasks: { list: tasks.list, create: tasks.create },
} as const satisfies Record<string, Record<string, AnyOperation | Operation>>;

export type Operations = typeof operations;

/** All operations as a flat list, in the order of the registry. */
export function allOperations(): AnyOperation[] {
  return Object.values(operations).flatMap((area) => Object.values(area) as unknown as AnyOperation[]);
}
