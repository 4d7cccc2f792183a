import { must, type Recorder } from "../recorder.ts";

/** What a machine says on which nothing has happened yet, and the commands that need no ledger. */
export async function empty(recorder: Recorder): Promise<void> {
  recorder.section("01-empty");
  const call = recorder.call.bind(recorder);
  await call("");
  await call("--version");
  await call("no-such-command");
  await call("binds");
  for (const line of ["tasks", "tasks --active", "sessions", "list", "discover", "search auth", "commands"])
    await call(line);
  for (const line of ["commands dead", "dispatch status", "dispatch --once", "dispatch --dry-run", "telemetry"])
    await call(line);
  for (const line of ["serve --status", "serve --stop", "serve --login", "reconcile", "reconcile --apply"])
    await call(line);
  for (const shell of ["bash", "zsh", "fish", "tcsh"]) await call(`completions ${shell}`);
  await call("doctor");
  await call("doctor --cwd /nowhere");
  await call("doctor-self");
  await call("doctor-self --session nobody");
  await call("install-skills --dry-run");
  await must(recorder, "install-skills");
  await call("install-skills");
  for (const screen of ["› Ask Codex to do anything", "• Working (2s • esc to interrupt)", "nothing at all"]) {
    await call(`classify --text '${screen}'`);
    await call("classify", { input: screen });
  }
  await call("classify --text '› ' --title t --status-age-seconds 300 --busy-wait-seconds 10");
  await call("classify --file missing.txt");
  await call("pair --dry-run --task auth --worker-name w --manager-name m");
  await call(
    "pair --dry-run --task auth --worker-name w --manager-name m --task-goal g --manager-mode strict --manager-recipe ux-polish-loop",
  );
  await call("pair --dry-run --task auth --worker-name w --manager-name m --manager-mode harsh");
  await call("pair --dry-run --task auth --worker-name w --manager-name w");
  await call("adopt-ledger --yes");
  await call("import-compat");
  await call("import-compat --from missing.db");
  await call("db-doctor");
}
