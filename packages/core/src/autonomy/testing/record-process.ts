/**
 * `app-wakeup-record-delivery` as a process of its own, for tests. Reads one JSON document from its arguments,
 * `{path, root, input}`, and prints the answer, or the code of the refusal.
 */
import { asConveyorError } from "@conveyor/contracts/errors";
import { checkEvent } from "@conveyor/contracts/events/check";
import { createAgents, createHost } from "@conveyor/host";
import { Store } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { record } from "./scenes.ts";

const { path, root, input } = JSON.parse(process.argv[2] ?? "{}");
const host = createHost();
const store = Store.open({ path, create: false, clock: host.clock, told: checkEvent });
const ctx: Ctx = {
  host,
  agents: createAgents(),
  store,
  settings: { ledger_path: path, state_root: root, program: "conveyor", self: [], durable: false },
  signal: new AbortController().signal,
};
const answer = await record(ctx, input).catch((thrown: unknown) => ({ code: asConveyorError(thrown).code }));
process.stdout.write(JSON.stringify(answer));
await store.close();
