import { readdirSync, readFileSync } from "node:fs";
import { allOperations } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";

/** The commands whose scenarios stand in this folder. */
const COMMANDS = [
  ...["doctor", "db-doctor", "serve", "completions"],
  ...["register-worker", "register-manager", "deregister", "sessions", "tasks", "bind", "unbind"],
  ...["ingest", "tail", "cycle", "session-nudge", "session-interrupt"],
  ...[
    "enqueue-nudge-worker",
    "enqueue-notify-manager",
    "dispatch",
    "session-inbox",
    "manager-inbox",
    "worker-inbox",
    "commands",
  ],
  ...["enqueue-continue-iteration", "inbox-ack", "trace", "telemetry"],
  ...["app-heartbeat", "app-loop-status", "app-wakeup-plan", "app-wakeup-dispatch", "app-wakeup-record-delivery"],
  ...["criteria", "record-decision", "finish-task", "audit", "replay"],
];

const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".test.ts") && name !== "every-command.test.ts")
  .map((name) => readFileSync(`${import.meta.dirname}/${name}`, "utf8"))
  .join("\n");

describe("every command, in each of its forms, is typed in a scenario", () => {
  it.each(COMMANDS)("%s", (command) => {
    const forms = allOperations().filter(({ cli }) => cli.command === command);
    expect(forms.length).toBeGreaterThan(0);
    expect(sources).toContain(`"${command}"`);
    for (const { cli } of forms) {
      if (cli.action !== undefined) expect(sources).toContain(`"${command}", "${cli.action}"`);
      if (cli.select !== undefined) expect(sources).toContain(`"--${cli.select}"`);
    }
  });
});
