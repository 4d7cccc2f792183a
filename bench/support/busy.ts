import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@conveyor/sdk";

/**
 * A process that works on a ledger by itself, without a server: a commit now and then until its parent goes away. Argument:
 * the ledger.
 */
const [path = ""] = process.argv.slice(2);
/** Between two commits; processes that are busy together do not keep step. */
const PAUSE_MS = { least: 20, most: 80 };

process.on("disconnect", () => process.exit(0));

const conveyor = await connect({ path });
await conveyor.tasks.create({ name: randomUUID(), goal: "be busy" });
process.send?.("ready");
for (;;) {
  await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
  await conveyor.tasks.create({ name: randomUUID(), goal: "be busy" });
}
