import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cycle } from "../observation/cycle.ts";
import { createWorld, type World } from "../testing/world.ts";
import { commandLine } from "./command-line.ts";

/** Names that become commands when they are not quoted, each in another place of the shell's grammar. */
const HOSTILE = [
  "a'; touch pwned; '",
  '"; touch pwned; "',
  "$(touch pwned)",
  "`touch pwned`",
  "a && touch pwned",
  "a | touch pwned",
  "> pwned",
  "$IFS touch pwned",
  "'\"'\"'; touch pwned #",
  "-rf --path=/",
  "~root *",
  "a\\'; touch pwned",
];

let world: World;
let folder: string;
beforeEach(() => {
  world = createWorld();
  folder = join(world.root, "shell");
  mkdirSync(join(folder, "bin"), { recursive: true });
  for (const program of ["tmux", "conveyor", "zstd"]) {
    const file = join(folder, "bin", program);
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\0' "$@" > ${shellQuote(join(folder, "argv"))}\n`);
    chmodSync(file, 0o755);
  }
});
afterEach(() => world.close());

/** Run a printed command as a person would who copies it; returns the arguments that its program got. */
function run(command: string): string[] {
  rmSync(join(folder, "argv"), { force: true });
  execFileSync("sh", ["-c", command], { cwd: folder, env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin` } });
  expect(existsSync(join(folder, "pwned")), command).toBe(false);
  return readFileSync(join(folder, "argv"), "utf8").split("\0").slice(0, -1);
}

/** The commands in a hint: what stands between back quotes that are not part of the hostile name. */
async function hintOf(failing: Promise<unknown>): Promise<string> {
  const { hint } = asConveyorError(
    await failing.then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  return hint ?? "";
}

it.each(HOSTILE)("a command line with %s runs as printed", (name) => {
  const printed = commandLine(world.ctx.settings, ["manager-inbox", name], { json: true });
  expect(run(printed)).toContain(name);
});

it.each(HOSTILE)("the hint for a task that is called %s runs as printed", async (name) => {
  const task = await world.task({ name: name.trim() });
  const hint = await hintOf(cycle(world.ctx, { task: task.id, busy_wait_seconds: 90 } as Parameters<typeof cycle>[1]));
  const command = hint.slice(hint.indexOf("`") + 1, hint.lastIndexOf("`"));
  expect(run(command)).toEqual(["bind", "--task", name.trim(), "--worker", "W", "--manager", "M"]);
});

it.each(HOSTILE.filter((name) => !/[.:\\]|^\$/.test(name)))(
  "the hint for a pane of tmux session %s runs as printed",
  async (name) => {
    await world.tmux(name);
    const hint = await hintOf(world.host.tmux.paneOf({ session: name, pane_id: "%9999" }));
    const command = hint.slice(hint.indexOf("`") + 1, hint.lastIndexOf("`"));
    expect(run(command)).toEqual(["list-panes", "-s", "-t", `=${name}:`]);
  },
);
