import { writeSync } from "node:fs";
import { connect } from "@conveyor/sdk";
import { openHandle } from "../../../packages/store/src/index.ts";

/**
 * A process that writes: `writer.ts NAME COUNT COMMITS` creates that many tasks in the ledger of its environment, one by
 * one, prints the name of each once it is acknowledged, and copies the log into the ledger after so many of them.
 */
const [name, count, commits] = process.argv.slice(2);
const path = `${process.env["CONVEYOR_STATE_ROOT"]}/workerctl.db`;
const conveyor = await connect({ path });
// The program itself does this after 16 MiB; so much would make the trace a thousand times longer.
const checkpoints = openHandle(path, { create: false });
for (let number = 1; number <= Number(count); number += 1) {
  const task = await conveyor.tasks.create({ name: `${name}-${number}`, goal: "outlive a power cut" });
  writeSync(1, `${JSON.stringify({ name: task.name })}\n`);
  if (number % Number(commits) === 0) checkpoints.pragma("wal_checkpoint(PASSIVE)");
}
checkpoints.close();
await conveyor.close();
