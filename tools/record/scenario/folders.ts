import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EarlierLedger, fillWithWork } from "../../../packages/store/src/earlier/testing/earlier-ledger.ts";
import { must, type Recorder } from "../recorder.ts";

/** Workers that report through a folder: made by hand as the earlier tool left them, and started. */
export async function folders(recorder: Recorder): Promise<void> {
  recorder.section("07-folders");
  const call = recorder.call.bind(recorder);
  const { place } = recorder;
  const folder = (name: string, lines: readonly string[] = []) => {
    const path = join(place.state_root, name);
    mkdirSync(path, { recursive: true });
    const config = { name, tmux_session: `codex-${name}`, identity_token: `workerctl-${name}`, cwd: "/p" };
    writeFileSync(join(path, "config.json"), JSON.stringify(config));
    appendFileSync(join(path, "events.jsonl"), lines.map((line) => `${line}\n`).join(""));
    return path;
  };
  folder("docs", ['{"type":"create","time":"2026-01-02T03:04:05Z"}', '{"type":"b","a":1}', "garbage"]);
  writeFileSync(join(folder("done"), "status.json"), JSON.stringify({ state: "done", current_task: "t" }));
  await call("list");
  for (const command of ["status docs", "status docs --no-refresh", "idle-check docs", "idle-check docs --no-refresh"])
    await call(command);
  await call("idle-check done --status-stale-seconds 1 --terminal-stale-seconds 1 --busy-wait-seconds 1");
  await call("update-status docs --state blocked --current-task t --next-action n --blocker why");
  await call("update-status docs --state bloked --current-task t --next-action n");
  await call("status docs --no-refresh");
  for (const flags of ["", "--type b", "--limit 1", "--include-content"]) await call(`events docs ${flags}`);
  for (const command of ["events", "status", "idle-check", "capture", "interrupt"]) await call(`${command} nobody`);
  await call("nudge nobody hello");
  await call("nudge docs hello --dry-run");
  await call("capture docs");
  await recorder.follow(
    "events docs --follow",
    /"type":"b"/,
    async () => void folder("docs", ['{"type":"late"}']),
    /late/,
  );

  await call("import-compat");
  await call("import-compat --worker docs");
  await must(recorder, "import-compat --apply --worker docs");
  await call("import-compat --apply");
  await call("import-compat --worker nobody");
  await call("import-compat --from missing.db --root x");
  const earlier = new EarlierLedger(join(place.root, "old.db"));
  fillWithWork(earlier);
  earlier.db.close();
  await call(`import-compat --from ${earlier.path}`);
  await must(recorder, `import-compat --from ${earlier.path} --apply`);
  await call(`import-compat --from ${earlier.path} --apply`);

  await must(recorder, "create quiet --no-initial-prompt --wait-ready");
  await call("create quiet");
  await call("create 'no name'");
  await call("create quiet --reuse --no-initial-prompt");
  await call("list");
  await call("status quiet");
  await call("idle-check quiet --lines 50");
  await call("capture quiet");
  await call("capture quiet --include-content");
  await call("nudge quiet 'do: say hello' --dry-run");
  await call("nudge quiet 'do: say hello'");
  await call("interrupt quiet --dry-run");
  await call("interrupt quiet --no-followup");
  await call("stop quiet");
  await call("stop quiet");
  await call("start-test probe --task 'do: say nothing' --verify-timeout 1 --stop-after");
  await call("create sealed --verify --verify-timeout 1 --wait-ready-timeout 5 --stop-after --task 'do: say nothing'");
}
