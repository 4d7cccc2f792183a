import { describe, expect, it } from "vitest";
import { writeManifest } from "../../../tools/cli/manifest.ts";
import type { CommandSpec } from "./manifest.ts";
import { parseCall } from "./parse.ts";

writeManifest();
const { spec } = (await import("./generated/specs/start.ts")) as { spec: CommandSpec };
const place = { cwd: "/here", home: "/home/me" };
const start = (...argv: string[]) => parseCall(spec, argv, place);

describe("the arguments of start", () => {
  it.each([
    ["nothing but the session", ["s"], []],
    ["a flag of codex", ["s", "--search"], ["--search"]],
    ["a flag of codex and its value", ["s", "--model", "gpt-5", "-c", "a=b"], ["--model", "gpt-5", "-c", "a=b"]],
    ["a value that stands before the session", ["-m", "gpt-5", "s"], ["-m", "gpt-5"]],
    ["a value that looks like a flag of ours", ["s", "--config", "--cwd"], ["--config", "--cwd"]],
    ["a flag with its value in one word", ["s", "--sandbox=read-only"], ["--sandbox=read-only"]],
    ["a subcommand", ["s", "resume", "--last"], ["resume", "--last"]],
    ["what follows the two dashes", ["s", "--", "--json", "--cwd", "/x", "--"], ["--json", "--cwd", "/x", "--"]],
  ])("hand on %s", async (_what, argv, codex_args) => {
    const { input, output } = await start(...argv);
    expect(input["session"]).toBe("s");
    expect(input["codex_args"] ?? []).toEqual(codex_args);
    expect(output).toBe("default");
  });

  it("keep the flags of the command itself, wherever they stand", async () => {
    const call = await start("--path", "~/l.db", "s", "--model", "gpt-5", "--cwd=sub", "--no-start-prompt", "--json");
    expect(call).toMatchObject({ ledger: "/home/me/l.db", output: "json" });
    expect(call.input).toEqual({
      session: "s",
      cwd: "/here/sub",
      no_start_prompt: true,
      codex_args: ["--model", "gpt-5"],
    });
  });

  it("stand for the caller's own folder when none is named", async () => {
    expect((await start("s")).input["cwd"]).toBe("/here");
  });

  it.each([
    [[], "start needs <session>"],
    [["--search"], "start needs <session>"],
    [["--", "s"], "start needs <session>"],
    [["s", "--cwd"], "--cwd needs a value"],
    [["s", "--cwd", "--json"], "--cwd needs a value"],
  ])("are refused as %j", async (argv, message) => {
    await expect(start(...argv)).rejects.toMatchObject({ code: "usage", message });
  });
});
