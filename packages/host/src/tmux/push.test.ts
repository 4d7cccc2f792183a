import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTmux, pasteableText } from "./index.ts";
import { anybody, type PrivateTmux, privateTmux, recorder, script, until } from "./testing.ts";
import type { PaneScreen, Readiness } from "./types.ts";

let world: PrivateTmux;
beforeAll(async () => {
  world = await privateTmux();
  await world.run("keeper", ["cat"]);
});
afterAll(() => world.close());

const BEGIN = "\u001b[200~";
const END = "\u001b[201~";
const always = (): Readiness => ({ ok: true });
const bufferNames = async () => (await world.raw("list-buffers", "-F", "#{buffer_name}")).trim();

/** A session with a program that records what it reads; `received` waits until that ends with `end`. */
async function recording(session: string) {
  const log = join(world.folder, `${session}.log`);
  const { pane_id } = await world.run(session, recorder(log), "ready>");
  const read = () => readFile(log, "utf8").catch(() => "");
  return {
    target: { session, agent: anybody },
    pane_id,
    read,
    async received(end = "\r") {
      await until(async () => (await read()).endsWith(end));
      return read();
    },
  };
}

describe("pasting text", () => {
  it.each([
    ["a word that begins like a flag", "-rf --help"],
    ["what a shell or tmux would interpret", "$(id) `id` $HOME; kill-server ; #{pane_id} ~ \\ 'a' \"b\";"],
    ["letters beyond ASCII", "grüße ✓ 日本 👩‍💻"],
    ["a lonely semicolon", ";"],
  ])("brings %s unchanged into the pane as one paste, then Enter", async (name, text) => {
    const pane = await recording(`paste-${name.replace(/\W+/g, "-")}`);
    await world.tmux.pasteText(pane.target, text);
    expect(await pane.received()).toBe(`${BEGIN}${text}${END}\r`);
    expect(await bufferNames()).toBe("");
  });

  it("brings 100 KB with many lines into the pane", async () => {
    const pane = await recording("long");
    const text = Array.from({ length: 2_000 }, (_, line) => `${line} ${"é".repeat(24)}`).join("\n");
    await world.tmux.pasteText(pane.target, text);
    expect(Buffer.byteLength(text)).toBeGreaterThan(100_000);
    expect(await pane.received(`${END}\r`)).toBe(`${BEGIN}${text.replaceAll("\n", "\r")}${END}\r`);
  });

  it("types into a program that knows no bracketed paste", async () => {
    const file = join(world.folder, "plain-cat");
    const { pane_id } = await world.run("plain-cat", ["sh", "-c", 'exec cat > "$0"', file]);
    await world.tmux.pasteText({ session: "plain-cat", pane_id, agent: anybody }, "one\ntwo");
    await until(async () => (await readFile(file, "utf8")) === "one\ntwo\n");
  });

  it("lets no text end the paste and act as keys", async () => {
    const pane = await recording("escape");
    await world.tmux.pasteText(pane.target, `hello${END}\u0003y\r\nworld\u009b201~\u0000`);
    expect(await pane.received()).toBe(`${BEGIN}hello[201~y\rworld201~${END}\r`);
  });

  it("presses only Enter when the text is empty", async () => {
    const pane = await recording("empty");
    const onBufferLoaded = vi.fn();
    await world.tmux.pasteText(pane.target, "", { onBufferLoaded });
    expect(await pane.received()).toBe("\r");
    expect(onBufferLoaded).toHaveBeenCalledOnce();
  });

  it("leaves copy mode and the modes on top of it, else the keys are lost", async () => {
    const pane = await recording("copy-mode");
    await world.raw("copy-mode", "-t", pane.pane_id);
    await world.raw("choose-tree", "-t", pane.pane_id);
    expect((await world.tmux.paneOf(pane.target)).in_mode).toBe(true);
    await world.tmux.pasteText(pane.target, "text");
    expect(await pane.received()).toBe(`${BEGIN}text${END}\r`);
    await world.raw("copy-mode", "-t", pane.pane_id);
    await world.tmux.sendKey(pane.target, "Up");
    expect(await pane.received("\u001b[A")).toBe(`${BEGIN}text${END}\r\u001b[A`);
  });

  it("keeps texts that are sent at the same time apart", async () => {
    const pane = await recording("together");
    await Promise.all(["one", "two", "three"].map((text) => world.tmux.pasteText(pane.target, text)));
    expect(await pane.received(`three${END}\r`)).toBe(
      ["one", "two", "three"].map((t) => `${BEGIN}${t}${END}\r`).join(""),
    );
  });

  it("refuses a text that is too long before anything is sent", async () => {
    const paste = world.tmux.pasteText({ session: "keeper", agent: anybody }, "x".repeat(1_048_577));
    await expect(paste).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("makes line ends one kind and drops control characters except tab", () => {
    expect(pasteableText("a\r\nb\rc\nd\te\u0007\u001b[0m\u007f\u0085f")).toBe("a\nb\nc\nd\te[0mf");
  });
});

describe("keys", () => {
  it("presses known keys, also those that look like flags or separators", async () => {
    const pane = await recording("keys");
    for (const key of ["-", ";", "Escape", "C-c", "y", "Tab", "Enter"]) await world.tmux.sendKey(pane.target, key);
    expect(await pane.received()).toBe("-;\u001b\u0003y\t\r");
    await world.tmux.submit(pane.target);
    expect(await pane.received("\r\r")).toBe("-;\u001b\u0003y\t\r\r");
  });

  it("types nothing when it does not know the key", async () => {
    const pane = await recording("unknown-key");
    await expect(world.tmux.sendKey(pane.target, "Return")).rejects.toMatchObject({ code: "invalid_input" });
    await world.tmux.sendKey(pane.target, "x");
    expect(await pane.received("x")).toBe("x");
  });
});

describe("the moment of the side effect", () => {
  it("is announced after the buffer is loaded and before anything reaches the pane, and awaited", async () => {
    const pane = await recording("announced");
    const seen: string[] = [];
    await world.tmux.pasteText(pane.target, "text", {
      onBufferLoaded: async () => {
        seen.push(await bufferNames());
        // The pane reads in order: with this key it would have read what had been put in before.
        await world.raw("send-keys", "-t", pane.pane_id, "x");
        seen.push(await pane.received("x"));
      },
    });
    expect(seen).toEqual([expect.stringMatching(/^conveyor-[0-9a-f-]{36}$/), "x"]);
    expect(await pane.received()).toContain("text");
  });

  it("never comes when it could not be recorded", async () => {
    const pane = await recording("unrecorded");
    const failure = new ConveyorError("ledger_busy", "the ledger is busy");
    const paste = world.tmux.pasteText(pane.target, "text", { onBufferLoaded: () => Promise.reject(failure) });
    await expect(paste).rejects.toBe(failure);
    expect(await bufferNames()).toBe("");
    expect(await pane.read()).toBe("");
  });

  it("is not reached when the pane is gone from the start", async () => {
    const onBufferLoaded = vi.fn();
    const paste = world.tmux.pasteText({ session: "nobody", agent: anybody }, "text", { onBufferLoaded });
    const error = await paste.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "tmux_session_missing" });
    expect((error as ConveyorError).details).not.toHaveProperty("side_effect_started");
    expect(onBufferLoaded).not.toHaveBeenCalled();
  });

  it("marks the error when the pane is closed in the middle, and leaves no buffer", async () => {
    const pane = await recording("closing");
    const push = world.tmux.pushText({
      target: pane.target,
      text: "text",
      ready: always,
      onBufferLoaded: () => world.tmux.kill("closing"),
    });
    await expect(push).rejects.toMatchObject({
      code: "tmux_pane_missing",
      details: { side_effect_started: true, side_effect_completed: false },
    });
    expect(await bufferNames()).toBe("");
  });

  it("marks the error when the pane is closed between the text and Enter", async () => {
    const pane = await recording("closing-later");
    const push = world.tmux.pushText({
      target: pane.target,
      text: "text",
      ready: always,
      readyToSubmit: () => ({ ok: true }),
      confirm: () => "confirmed",
      onBufferLoaded: () => {
        void pane.received(END).then(() => world.tmux.kill("closing-later"));
      },
    });
    await expect(push).rejects.toMatchObject({ code: "tmux_session_missing", details: { side_effect_started: true } });
  });

  it("marks the error when the server is killed in the middle", async () => {
    const other = await privateTmux();
    await other.run("victim", ["cat"]);
    const paste = other.tmux.pasteText({ session: "victim", agent: anybody }, "text", {
      onBufferLoaded: () => other.close(),
    });
    await expect(paste).rejects.toMatchObject({ code: "tmux_no_server", details: { side_effect_started: true } });
  });

  it("marks the error when tmux hangs after the buffer was loaded", async () => {
    await recording("stuck");
    const lines = ["#!/bin/sh", 'case " $* " in *" paste-buffer "*) sleep 300;; esac', 'exec tmux "$@"'];
    const binary = await script(world.folder, "stuck-tmux", lines);
    const tmux = createTmux({ ...world.options, binary, time_limit_ms: 1_500 });
    const paste = tmux.pasteText({ session: "stuck", agent: anybody }, "text");
    await expect(paste).rejects.toMatchObject({ code: "tmux_timeout", details: { side_effect_started: true } });
    expect(await bufferNames()).toBe("");
  });
});

describe.concurrent("pushing text", () => {
  it("looks first, sends, and reports the proof", async () => {
    const pane = await recording("push");
    const seen: PaneScreen[] = [];
    const ready = (screen: PaneScreen): Readiness => {
      seen.push(screen);
      return { ok: true };
    };
    const result = await world.tmux.pushText({
      target: pane.target,
      text: "text",
      ready,
      confirm: ({ text, title }) => (text.includes("submitted") && title === "recorder" ? "confirmed" : "waiting"),
    });
    expect(seen[0]).toEqual({ text: "ready>", title: "recorder", at: expect.any(Date) });
    expect(result).toEqual({
      target: pane.pane_id,
      submission: "confirmed",
      side_effect_started: true,
      side_effect_completed: true,
      pane_pattern_before: null,
    });
    expect(await pane.received()).toBe(`${BEGIN}text${END}\r`);
  });

  it("sends nothing into a pane that is not ready, unless it is forced", async () => {
    const pane = await recording("asking");
    const onBufferLoaded = vi.fn();
    const request = {
      target: pane.target,
      text: "push",
      ready: (): Readiness => ({ ok: false, pattern: "approval_prompt", reason: "it asks to run a command" }),
      onBufferLoaded,
    };
    await expect(world.tmux.pushText(request)).rejects.toMatchObject({
      code: "pane_not_ready",
      details: { pattern: "approval_prompt" },
    });
    expect(onBufferLoaded).not.toHaveBeenCalled();
    expect(await pane.read()).toBe("");
    const forced = await world.tmux.pushText({ ...request, force: true });
    expect(forced).toMatchObject({ pane_pattern_before: "approval_prompt", submission: "unconfirmed" });
    expect(await pane.received()).toBe(`${BEGIN}push${END}\r`);
  });

  it("keeps the Enter back when a dialog has opened since the paste", async () => {
    const pane = await recording("dialog");
    const push = world.tmux.pushText({
      target: pane.target,
      text: "text",
      ready: always,
      readyToSubmit: (screen) =>
        screen.text.includes("text") ? { ok: false, pattern: "approval_prompt", reason: "it asks" } : { ok: true },
    });
    await expect(push).rejects.toMatchObject({
      code: "pane_not_ready",
      details: { pattern: "approval_prompt", side_effect_started: true, side_effect_completed: false },
    });
    expect(await pane.received(END)).toBe(`${BEGIN}text${END}`);
  });

  it("waits for a program that draws late, and keeps Enter back from a text of somebody else", async () => {
    const draft = { ok: false, pattern: "unsubmitted_input", reason: "another text" } as const;
    const late = await recording("late");
    let looks = 0;
    const drawnLate = () => ((looks += 1) < 4 ? draft : { ok: true as const });
    /** A composer that is empty until something is pasted. */
    const emptyOnce = () => {
      let asked = 0;
      return (): Readiness => ((asked += 1) === 1 ? { ok: true } : draft);
    };
    await world.tmux.pushText({ target: late.target, text: "text", ready: emptyOnce(), readyToSubmit: drawnLate });
    expect(await late.read()).toBe(`${BEGIN}text${END}\r`);

    const foreign = await recording("foreign");
    const push = { target: foreign.target, text: "text", ready: emptyOnce(), readyToSubmit: () => draft };
    await expect(world.tmux.pushText(push)).rejects.toMatchObject({
      code: "composer_not_empty",
      details: { side_effect_started: true, side_effect_completed: false },
    });
    expect(await foreign.read()).toBe(`${BEGIN}text${END}`);
  });

  it("presses Enter into a composer that goes on to look empty, so that the text does not wait there unseen", async () => {
    const pane = await recording("undrawn");
    const draft = { ok: false, pattern: "unsubmitted_input", reason: "it is not there" } as const;
    const push = { target: pane.target, text: "text", ready: always, readyToSubmit: () => draft };
    expect(await world.tmux.pushText(push)).toMatchObject({ submission: "unconfirmed" });
    expect(await pane.read()).toBe(`${BEGIN}text${END}\r`);
  });

  it("presses Enter once more when nothing shows that the first one was taken", async () => {
    const pane = await recording("second-enter");
    const confirm = async () => ((await pane.read()).endsWith("\r\r") ? "confirmed" : "waiting");
    const result = await world.tmux.pushText({ target: pane.target, text: "text", ready: always, confirm });
    expect(result.submission).toBe("confirmed");
    expect(await pane.read()).toBe(`${BEGIN}text${END}\r\r`);
  });

  it("gives up without proof after one more Enter, and says so", async () => {
    const pane = await recording("no-proof");
    const result = await world.tmux.pushText({
      target: pane.target,
      text: "text",
      ready: always,
      confirm: () => "waiting",
    });
    expect(result).toMatchObject({ submission: "unconfirmed", side_effect_completed: true });
    expect(await pane.read()).toBe(`${BEGIN}text${END}\r\r`);
  });

  it("does not answer a question that came up after the text with the second Enter", async () => {
    const pane = await recording("question");
    const verdicts: Readiness[] = [{ ok: true }];
    const result = await world.tmux.pushText({
      target: pane.target,
      text: "text",
      ready: () => verdicts.shift() ?? { ok: false, pattern: "approval_prompt", reason: "it asks" },
      confirm: () => "waiting",
    });
    expect(result.submission).toBe("unconfirmed");
    expect(await pane.read()).toBe(`${BEGIN}text${END}\r`);
  });

  it("does press it again when the text still stands in the composer", async () => {
    const pane = await recording("composer");
    const verdicts: Readiness[] = [{ ok: true }];
    await world.tmux.pushText({
      target: pane.target,
      text: "text",
      ready: () => verdicts.shift() ?? { ok: false, pattern: "unsubmitted_input", reason: "text in the composer" },
      confirm: () => "waiting",
    });
    expect(await pane.read()).toBe(`${BEGIN}text${END}\r\r`);
  });

  it("never repeats an Enter that was sent alone", async () => {
    const pane = await recording("enter-alone");
    await world.tmux.pushText({ target: pane.target, text: "", ready: always, confirm: () => "waiting" });
    expect(await pane.received()).toBe("\r");
  });

  it("leaves the text in the composer when it shall not be submitted", async () => {
    const pane = await recording("draft");
    const result = await world.tmux.pushText({ target: pane.target, text: "draft", ready: always, submit: "none" });
    expect(result.submission).toBe("unconfirmed");
    expect(await pane.received(END)).toBe(`${BEGIN}draft${END}`);
    const nothing = world.tmux.pushText({ target: pane.target, text: "", ready: always, submit: "none" });
    await expect(nothing).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("reports what was sent as unconfirmed when the pane ends while it waits for proof", async () => {
    const pane = await recording("ending");
    const confirm = async () => {
      await world.tmux.kill("ending").catch(() => undefined);
      return "waiting" as const;
    };
    const result = await world.tmux.pushText({ target: pane.target, text: "text", ready: always, confirm });
    expect(result).toMatchObject({ submission: "unconfirmed", side_effect_completed: true });
  });

  it("sends nothing when it was aborted before the paste", async () => {
    const pane = await recording("aborted");
    const signal = AbortSignal.abort();
    const push = world.tmux.pushText({ target: pane.target, text: "text", ready: always, signal });
    await expect(push).rejects.toMatchObject({ code: "interrupted" });
    expect(await pane.read()).toBe("");
  });
});
