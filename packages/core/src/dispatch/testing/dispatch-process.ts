/**
 * A dispatcher or consumer as a process of its own, for tests. Reads one JSON document from its arguments, a
 * `ProcessRequest` with `{path, root}`, and prints the resulting document. Tells on stderr when it has begun, and when it
 * was asked to end.
 */
import { checkEvent } from "@conveyor/contracts/events/check";
import { createAgents, createHost, systemClock } from "@conveyor/host";
import { Store } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { takeWorker } from "../../inbox/take.ts";
import { ingestSession } from "../../observation/ingest.ts";
import { enqueueContinueIteration } from "../enqueue-continue-iteration.ts";
import type { Ingest } from "../pass/terms.ts";
import { runDispatch, runWatch } from "../watch/run.ts";

const {
  path,
  root,
  action,
  input,
  tmux_socket,
  clock_ahead_ms = 0,
  ingest: reads,
} = JSON.parse(process.argv[2] ?? "{}");
const real = systemClock();
const now = () => new Date(Date.now() + clock_ahead_ms);
const clock = { ...real, now, iso: () => now().toISOString() };
const host = createHost({ clock, tmux: { socket_name: tmux_socket, config_file: "/dev/null" } });
const store = Store.open({ path, create: false, clock, told: checkEvent });
const stopping = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    stopping.abort(signal);
    process.stderr.write("ending\n");
  });
}
const ctx: Ctx = {
  host,
  agents: createAgents(),
  store,
  settings: { ledger_path: path, state_root: root, program: "conveyor", self: [], durable: false },
  signal: stopping.signal,
};
const ingest: Ingest = async (session_id) =>
  reads ? ingestSession(ctx, session_id, { telemetry: "when_new" }) : { new_events: 0 };
const actions = {
  run: () => runDispatch(ctx, input, ingest),
  watch: () => runWatch(ctx, input, ingest, () => process.stderr.write("result\n")),
  take: () => takeWorker(ctx, input),
  continue: () => enqueueContinueIteration(ctx, input),
};
process.stderr.write("begun\n");
try {
  process.stdout.write(JSON.stringify(await actions[action as keyof typeof actions]()));
} catch (thrown) {
  process.stdout.write(JSON.stringify({ error_code: (thrown as { code?: string }).code ?? String(thrown) }));
  process.exitCode = 2;
}
await store.close();
