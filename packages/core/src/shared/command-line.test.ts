import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandLine, shellQuote, slot } from "./command-line.ts";

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

  it.each([
    [{ reason: "it is done" }, "--reason 'it is done'"],
    [{ name: ["a b", "c"] }, "--name 'a b' --name 'c'"],
    [{ message: "--force" }, "--message='--force'"],
    [{ pid: slot("pid") }, "--pid <pid>"],
    [{ left: undefined, out: null, off: false }, ""],
  ])("writes the flags %j", (flags, expected) => {
    const line = commandLine({ program: "conveyor", ledger_path: "/db" }, ["cycle", "auth"], flags);
    expect(line).toBe(["conveyor cycle 'auth'", expected, "--path '/db'"].filter(Boolean).join(" "));
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
