import { describe, expect, it } from "vitest";
import { AGENT_KINDS, AGENTS, agentOfKind, CAPABILITIES, carriesMarker, judgePush, markedPrompt } from "./index.ts";

describe("agents", () => {
  it("has every kind, with a full row for each of its transports", () => {
    for (const kind of AGENT_KINDS) {
      expect(agentOfKind(kind).kind).toBe(kind);
      for (const row of Object.values(AGENTS[kind].capabilities)) expect(Object.keys(row)).toEqual([...CAPABILITIES]);
    }
  });

  it("understands nothing of a generic program, interrupts it its own way and needs its command", () => {
    const { generic, codex } = AGENTS;
    expect(generic.rollout).toBeNull();
    for (const text of ["", "$ ", "› Ask Codex to do anything\n\n  ? for shortcuts"]) {
      expect(generic.pane.readiness({ text })).toMatchObject({ text_allowed: false, enter_allowed: false });
    }
    expect(generic.pane.messageText("!a\u001b")).toBe("!a");
    expect([generic.pane.interrupt_key, codex.pane.interrupt_key]).toEqual(["C-c", "Escape"]);
    expect(generic.startArgv({ command: ["bash", "-i"], prompt: "hi" })).toEqual(["bash", "-i", "hi"]);
    expect(() => generic.startArgv({})).toThrow(expect.objectContaining({ code: "usage" }));
  });
});

describe("judgePush", () => {
  const verdict = (text: string, push: "text" | "enter") => judgePush(AGENTS.codex.pane.readiness({ text }), push);

  it("lets Enter answer a trust question, but no text go into it", () => {
    const text = "Trust this folder?\n› 1. Trust and continue";
    expect(verdict(text, "enter")).toEqual({ ok: true, pattern: "trust_prompt" });
    expect(verdict(text, "text")).toMatchObject({ ok: false, pattern: "trust_prompt", reason: expect.any(String) });
  });

  it("lets neither into an approval", () => {
    const text = "Would you like to run the following command?\n› 1. Yes";
    for (const push of ["text", "enter"] as const) {
      expect(verdict(text, push)).toMatchObject({ ok: false, pattern: "approval_prompt" });
    }
  });

  it("lets no text in beside what the composer holds already", () => {
    const draft = "› half a thought\n\n  model · /p";
    expect(verdict(draft, "text")).toMatchObject({ ok: false, pattern: "unsubmitted_input" });
    expect(verdict(draft, "enter")).toEqual({ ok: true, pattern: "unsubmitted_input" });
    expect(verdict("›\n\n  model · /p", "text")).toEqual({ ok: true, pattern: null });
  });
});

describe("the marker of a start", () => {
  it("is found in its own prompt only", () => {
    const prompt = markedPrompt("Do it.", "abc123");
    expect(prompt.startsWith("Do it.\n")).toBe(true);
    expect(carriesMarker(prompt, "abc123")).toBe(true);
    expect(carriesMarker(prompt, "abc12")).toBe(false);
  });
});
