import { describe, expect, it } from "vitest";
import { CAPABILITIES, carriesMarker, createAgents, judgePush, markedPrompt } from "./index.ts";

const agents = createAgents();
const [codex, generic] = [agents.of("codex"), agents.of("generic")];

describe("agents", () => {
  it("has every kind, with a full row for each of its transports", () => {
    for (const agent of agents.all) {
      expect(agents.of(agent.kind)).toBe(agent);
      for (const row of Object.values(agent.capabilities)) expect(Object.keys(row)).toEqual([...CAPABILITIES]);
    }
  });

  it("understands nothing of a generic program, interrupts it its own way and does not start it", () => {
    expect(generic.records).toBeNull();
    for (const text of ["", "$ ", "› Ask Codex to do anything\n\n  ? for shortcuts"]) {
      expect(generic.pane.readiness({ text })).toMatchObject({ text_allowed: false, enter_allowed: false });
    }
    expect(generic.pane.messageText("!a\u001b")).toBe("!a");
    expect([generic.pane.interrupt_key, codex.pane.interrupt_key]).toEqual(["C-c", "Escape"]);
    expect(generic.launch).toBeNull();
  });
});

describe("judgePush", () => {
  const verdict = (text: string, push: "text" | "enter") => judgePush(codex.pane.readiness({ text }), push);

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
