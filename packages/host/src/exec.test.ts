import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exec, execChecked, isHostDenial } from "./exec.ts";
import { script, until } from "./tmux/testing.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "conveyor-exec-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("exec", () => {
  it("returns what the program printed and how it ended, whatever the exit code", async () => {
    const result = await exec(["sh", "-c", "echo out; echo err >&2; exit 7"]);
    expect(result).toEqual({ exit_code: 7, exit_signal: null, stdout: "out\n", stderr: "err\n", truncated: false });
  });

  it("gives the arguments to the program and not to a shell", async () => {
    const result = await exec(["printf", "%s|", "$(id)", "a b", ";", "*"]);
    expect(result.stdout).toBe("$(id)|a b|;|*|");
  });

  it("writes the input to stdin", async () => {
    const input = "é\n".repeat(200_000);
    expect((await exec(["cat"], { input })).stdout).toBe(input);
  });

  it("does not fail when the program ends without reading its input", async () => {
    expect((await exec(["true"], { input: "x".repeat(1_000_000) })).exit_code).toBe(0);
  });

  it("keeps the beginning of an output that is longer than the limit, and says so", async () => {
    const result = await exec(["sh", "-c", "printf 0123456789; printf abc >&2"], { max_output_bytes: 4 });
    expect(result).toMatchObject({ stdout: "0123", stderr: "abc", truncated: true });
  });

  it("runs with the given environment and folder and nothing else", async () => {
    const env = { PATH: process.env["PATH"], ONLY: "this" };
    const result = await exec(["sh", "-c", 'echo "$ONLY-$HOME."; pwd'], { env, cwd: folder });
    expect(result.stdout).toBe(`this-.\n${folder}\n`);
  });

  it("ends a program that exceeds its time, together with what it has started", async () => {
    const pidFile = join(folder, "grandchild");
    const hanging = script(folder, "hanging", [
      "#!/bin/sh",
      "trap '' TERM",
      `sleep 300 & echo $! > ${pidFile}`,
      "wait",
      "wait",
    ]);
    await expect(exec([await hanging], { time_limit_ms: 500 })).rejects.toMatchObject({
      code: "timeout",
      details: { time_limit_ms: 500 },
    });
    const pid = (await readFile(pidFile, "utf8")).trim();
    await until(async () => !/^\d+ \(sleep\) [^ZX]/.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
  });

  it("returns the result of a program that ended while something it left behind keeps its output open", async () => {
    const result = await exec(["sh", "-c", "sleep 300 & echo $!"], { time_limit_ms: 500 });
    process.kill(Number(result.stdout), "SIGKILL");
    expect(result.exit_code).toBe(0);
  });

  it("ends the program when it is aborted, also when that happened before", async () => {
    const abort = new AbortController();
    const begun = join(folder, "begun");
    const running = exec(["sh", "-c", `: > '${begun}'; exec sleep 300`], { signal: abort.signal });
    void until(async () => existsSync(begun)).then(() => abort.abort());
    await expect(running).rejects.toMatchObject({ code: "interrupted" });
    await expect(exec(["true"], { signal: abort.signal })).rejects.toMatchObject({ code: "interrupted" });
  });

  it("tells a missing program from a missing folder", async () => {
    await expect(exec(["conveyor-no-such-program"])).rejects.toMatchObject({ code: "tool_missing" });
    await expect(exec(["true"], { cwd: join(folder, "nowhere") })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("reports a program that may not be run as denied by the host", async () => {
    await expect(exec([folder])).rejects.toMatchObject({ code: "host_denied" });
  });

  it("refuses arguments that the system cannot pass, without repeating them", async () => {
    const secret = `secret${"x".repeat(200_000)}`;
    const error = await exec(["true", secret]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid_input" });
    expect(JSON.stringify([(error as Error).message, (error as { details: unknown }).details])).not.toContain("secret");
    await expect(exec(["true", "a\0b"])).rejects.toMatchObject({ code: "invalid_input" });
    await expect(exec([])).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("execChecked", () => {
  it("names the program and its last complaint when it fails", async () => {
    await expect(execChecked(["sh", "-c", "echo first >&2; echo last words >&2; exit 3"])).rejects.toMatchObject({
      code: "side_effect_failed",
      message: "sh failed with exit code 3: last words",
      details: { exit_code_of_program: 3 },
    });
  });

  it("says that the host denied it when the complaint does", async () => {
    await expect(execChecked(["sh", "-c", "echo 'socket: Operation not permitted' >&2; exit 1"])).rejects.toMatchObject(
      {
        code: "host_denied",
      },
    );
  });
});

describe("isHostDenial", () => {
  it.each(["Operation not permitted", "x: PERMISSION DENIED", "not authorized to", "Not authorised"])(
    "sees %s",
    (text) => {
      expect(isHostDenial(text)).toBe(true);
    },
  );
  it("does not see it in other complaints", () => {
    expect(isHostDenial("no such file or directory")).toBe(false);
  });
});
