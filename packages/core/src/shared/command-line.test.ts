import { execFileSync } from "node:child_process";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { describe, expect, it } from "vitest";
import { commandLine, slot } from "./command-line.ts";

const settings = { program: "conveyor", ledger_path: "/repo/it's here/workerctl.db" };

describe("a command for an agent to copy", () => {
  it("quotes every value, keeps numbers and slots bare, and names the ledger before --json", () => {
    expect(
      commandLine(settings, ["worker-inbox", slot("task")], {
        consume_next: true,
        wait: true,
        timeout: 60,
        json: true,
      }),
    ).toBe(
      `conveyor worker-inbox <task> --consume-next --wait --timeout 60 --path '/repo/it'"'"'s here/workerctl.db' --json`,
    );
  });

  const plain = { program: "conveyor", ledger_path: "/db" };
  it.each([
    [commandLine(plain, ["stop-task", "auth"], { reason: "it is done" }), "stop-task 'auth' --reason 'it is done'"],
    [commandLine(plain, ["sessions"], { name: ["a b", "c"] }), "sessions --name 'a b' --name 'c'"],
    [commandLine(plain, ["stop", "ada"], { message: "--force" }), "stop 'ada' --message='--force'"],
    [commandLine(plain, ["register-worker"], { pid: slot("pid") }), "register-worker --pid <pid>"],
    [commandLine(plain, ["tasks"], { create: undefined, goal: null, active: false }), "tasks"],
    [commandLine(plain, ["commands retry", "command-1"], { force: true }), "commands retry 'command-1' --force"],
  ])("writes the flags of %s", (line, expected) => {
    expect(line).toBe(`conveyor ${expected} --path '/db'`);
  });

  it("knows the commands and flags of the registry only, and says so when it is compiled", () => {
    // @ts-expect-error: there is no such command
    commandLine(plain, ["worker-shrug", "auth"]);
    // @ts-expect-error: it is a flag of another command
    commandLine(plain, ["cycle", "auth"], { loop_run: "nightly" });
    // @ts-expect-error: a form of a command has its own flags
    commandLine(plain, ["commands retry", "command-1"], { attempts: true });
  });

  it("puts a name that begins with a dash where it cannot be taken for a flag", () => {
    const line = commandLine({ program: "conveyor", ledger_path: "/db" }, ["cycle", "--odd"], { json: true });
    expect(line).toBe("conveyor cycle --path '/db' --json -- '--odd'");
  });

  it("keeps the prefix with which this program must be called", () => {
    const line = commandLine({ program: "PATH='/opt/c':$PATH conveyor", ledger_path: "/db" }, ["tasks"]);
    expect(line).toBe("PATH='/opt/c':$PATH conveyor tasks --path '/db'");
  });

  it.each(["plain", "it's", '$(rm -rf ~) `x` "q" \\ !', "two\nlines", ""])(
    "quotes %j so that a shell gives it back",
    (text) => {
      expect(execFileSync("sh", ["-c", `printf %s ${shellQuote(text)}`], { encoding: "utf8" })).toBe(text);
    },
  );
});
