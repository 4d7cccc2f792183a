/**
 * A dispatcher or consumer as a process of its own, for tests. Reads one JSON document from its arguments:
 * `{path, root, action, input, tmux_socket?}`, and prints the resulting document.
 */
import { createHost } from "@conveyor/host";
import { Store } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { takeWorker } from "../../inbox/index.ts";
import { runDispatch, runWatch } from "../run.ts";

const { path, root, action, input, tmux_socket } = JSON.parse(process.argv[2] ?? "{}");
const host = createHost({ tmux: { socket_name: tmux_socket, config_file: "/dev/null" } });
const store = Store.open({ path, create: false, clock: host.clock });
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort("SIGTERM"));
const ctx: Ctx = {
  host,
  store,
  settings: { ledger_path: path, state_root: root, codex_home: root, program: "conveyor", self: [] },
  signal: stopping.signal,
};
const ingest = async () => ({ new_events: 0 });
const actions = {
  run: () => runDispatch(ctx, input, ingest),
  watch: () => runWatch(ctx, input, ingest, () => process.stderr.write("result\n")),
  take: () => takeWorker(ctx, input),
};
process.stdout.write(JSON.stringify(await actions[action as keyof typeof actions]()));
await store.close();
