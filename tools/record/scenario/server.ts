import { join } from "node:path";
import { must, type Recorder } from "../recorder.ts";

/** A server of the ledger, what can be followed through it, and a ledger that comes from elsewhere. */
export async function server(recorder: Recorder): Promise<void> {
  recorder.section("08-server");
  const call = recorder.call.bind(recorder);
  await call("serve --host 0.0.0.0 --port 0");
  await must(recorder, "serve --detach --port 0 --no-dispatch");
  await call("serve --detach --port 0 --no-dispatch");
  await call("serve --status");
  await call("serve --login");
  await call("tasks");
  await call("tasks --create server --goal 'made through it'");
  await call("tasks --create server --goal 'made through it'");
  await call("dispatch --once");
  await call("cycle nothing");
  await recorder.follow(
    "tasks --watch --active",
    /server/,
    async () => void (await recorder.ask("tasks --create later --goal g")),
    /later/,
  );
  await recorder.follow(
    "sessions --watch --role manager",
    /bob/,
    async () => void (await recorder.ask(`register-manager --name late --codex-session ${recorder.place.rollout()}`)),
    /"name":"late"|^late\b/m,
  );
  await recorder.follow(
    "telemetry --follow --event-type task_created --backlog 1",
    /later/,
    async () => void (await recorder.ask("tasks --create last --goal g")),
    /last/,
  );
  await recorder.follow(
    "dispatch status --follow --dispatcher-id d9",
    /^/,
    async () => void (await recorder.ask("dispatch --watch --watch-iterations 1 --dispatcher-id d9")),
    /stopped/,
  );
  await call("tasks --server http://127.0.0.1:1");
  await must(recorder, "serve --stop");
  await call("serve --stop");
  await call("serve --status");

  // Another state folder is another host: the ledger is then one that was brought here.
  const env = { XDG_STATE_HOME: join(recorder.place.root, "elsewhere") };
  await call("tasks", { env });
  await call("dispatch --once", { env });
  await call("session-nudge ada hello", { env });
  await call("adopt-ledger", { env });
  await call("adopt-ledger --yes --keep-terminals", { env });
  await call("adopt-ledger --yes", { env });
  await call("dispatch --once", { env });
}
