/**
 * One acknowledgement by a process of its own, for tests. Reads `{path, root, input}` as JSON from its arguments, says that
 * it is ready, waits for its standard input to end, and prints the answer's status, or the code of the refusal.
 */
import { ConveyorError } from "@conveyor/contracts/errors";
import { checkEvent } from "@conveyor/contracts/events/check";
import { createAgents, createHost } from "@conveyor/host";
import { Store } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { acknowledge } from "../acknowledge.ts";

const { path, root, input } = JSON.parse(process.argv[2] ?? "{}");
const host = createHost();
const store = Store.open({ path, create: false, clock: host.clock, told: checkEvent });
const settings = {
  ledger_path: path,
  state_root: root,

  program: "conveyor",
  self: [],
  durable: false,
};
const ctx: Ctx = { host, agents: createAgents(), store, settings, signal: new AbortController().signal };

process.stderr.write("ready\n");
for await (const _chunk of process.stdin);
try {
  const { acknowledgement, deduplicated } = await acknowledge(ctx, input);
  process.stdout.write(JSON.stringify({ id: acknowledgement.id, status: acknowledgement.status, deduplicated }));
} catch (error) {
  if (!(error instanceof ConveyorError)) throw error;
  process.stdout.write(JSON.stringify({ refused: error.code }));
}
await store.close();
