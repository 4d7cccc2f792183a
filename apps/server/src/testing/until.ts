import { setTimeout as sleep } from "node:timers/promises";

/** Wait until something holds; gives up with the test's own time limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
