import { WORKER_STATES } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";
import { testTask, workerContract } from "./contract.ts";

const settings = { program: "conveyor", ledger_path: "/p/.codex-workers/workerctl.db" };
const facts = {
  name: "docs",
  task: "Write the README",
  identity_token: "workerctl-1",
  status_file: "/p/.codex-workers/docs/status.json",
};

describe("the contract of a folder-based worker", () => {
  const contract = workerContract(settings, facts);

  it.each([
    ["who it is", /supervised worker "docs"/],
    ["its task", /Write the README/],
    ["its token and to keep it", /workerctl-1\. Keep it/],
    ["when to report: a phase", /new phase/],
    ["when to report: blocked", /you are blocked/],
    ["when to report: long verification", /verification starts that will take long/],
    ["when to report: finish", /you have finished/],
    [
      "how to report, in the right ledger",
      /conveyor update-status 'docs' --state <state> .*--path '\/p\/\.codex-workers\/workerctl\.db'/,
    ],
    ["to explain a blocker", /--state 'blocked' .*--blocker <what keeps you from going on>/],
    ["the compatibility file", /\/p\/\.codex-workers\/docs\/status\.json/],
    ["its inbox without tmux", /without a tmux terminal[\s\S]*worker-inbox <task> --consume-next/],
    ["that taking a message is recorded", /Taking a message is recorded/],
    ["to leave git alone", /no destructive git command/],
  ])("says %s", (_what, pattern) => expect(contract).toMatch(pattern));

  it("names every state that it may report", () => {
    for (const state of WORKER_STATES) expect(contract).toContain(state);
  });

  it("shows the shape of the file as JSON that can be read", () => {
    const example: unknown = JSON.parse(/\{\n[\s\S]*?\n\}/.exec(contract)?.[0] ?? "");
    expect(Object.keys(example as object).sort()).toEqual([
      "blocker",
      "current_task",
      "last_update",
      "next_action",
      "state",
    ]);
  });

  it("tells a worker without a task to wait", () => {
    expect(workerContract(settings, { ...facts, task: null })).toMatch(/Wait for a task; do not begin/);
  });

  it("cannot be taken for a flag of the program that gets it", () => {
    expect(workerContract(settings, { ...facts, task: "--yolo" })).toMatch(/^You are/);
  });

  it("gives a test worker nothing that changes a file", () => {
    expect(testTask("live-test")).toMatch(/README\.md[\s\S]*update-status[\s\S]*Edit no tracked file/);
  });
});
