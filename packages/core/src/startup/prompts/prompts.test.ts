import { describe, expect, it } from "vitest";
import { type ManagerFacts, managerPrompt } from "./manager.ts";
import { plainPrompt, setUpTemplates } from "./plain.ts";
import { pairedWorkerPrompt, standByPrompt } from "./worker.ts";

const settings = { program: "conveyor", ledger_path: "/repo/it's/workerctl.db" };
const PATH = `--path '/repo/it'"'"'s/workerctl.db'`;
const facts: ManagerFacts = {
  name: "bob",
  cwd: "/repo",
  task: "auth $(rm) 'x'",
  goal: "Refactor auth",
  worker: "ada",
  config: null,
};
const TASK = `'auth $(rm) '"'"'x'"'"''`;

describe("the manager's prompt", () => {
  const prompt = managerPrompt(settings, facts);

  it.each([
    ["who the reader is", "You are a Conveyor manager session"],
    ["that it does not implement", "you do not implement"],
    ["the folder", "working directory: /repo"],
    ["its name", "manager session: bob"],
    ["the task", "task: auth $(rm) 'x'"],
    ["the goal", "goal: Refactor auth"],
    ["the worker", "worker session: ada"],
    ["that it asks in the chat", "Ask the user here in this chat, one by one, and do not answer for them"],
    ["what it asks", `conveyor manager-config ${TASK} --questions ${PATH}`],
    ["its own acknowledgement", `conveyor manager-ack ${TASK} --from-stdin ${PATH}`],
    ["the worker's acknowledgement", `conveyor worker-ack ${TASK} ${PATH} --json`],
    ["where it records the answers", `conveyor criteria ${TASK} --add --criterion <what must be true> --source`],
    ["what it promises", "that you will not edit project files"],
    ["what the worker understood", "manager_context.worker_receipt.last_agent_message"],
    ["the cycle", `conveyor cycle ${TASK} ${PATH} --json`],
    ["what to read before a nudge", "Read manager_context.manager_config before you nudge"],
    ["the living criteria", "inspect manager_context.acceptance_criteria in each cycle"],
    ["must-have and follow-up", "must-have and which are follow-up"],
    ["the close-out rule", "(finish-task, final state, tear-down, final report) is no criterion of the worker"],
    ["the comparison", "Compare the worker's receipts with the accepted criteria that are still open"],
    ["the proof", `conveyor criteria ${TASK} --satisfy <id> --proof <what proves it> --evidence-json <json> ${PATH}`],
    ["the finish", `conveyor finish-task ${TASK} --reason <why> --require-criteria-audit ${PATH}`],
    ["the only way to the worker", "Talk to the worker only through Conveyor"],
    ["hands off the project", "Do not edit project files, unless the user asks you for a change of Conveyor itself"],
  ])("tells %s", (_what, text) => {
    expect(prompt).toContain(text);
  });

  it("says what is not known instead of leaving it out", () => {
    const unbound = managerPrompt(settings, { ...facts, task: null, goal: null, worker: null });
    expect(unbound).toContain("task: UNBOUND");
    expect(unbound).toContain("goal: none was given");
    expect(unbound).toContain("worker session: none yet");
    expect(unbound).toContain(`conveyor cycle <task> ${PATH} --json`);
  });

  it("does not ask again what is configured", () => {
    const config = { tools: ["git", "vitest"], questions: ["Which browser?"] };
    const configured = managerPrompt(settings, { ...facts, config });
    expect(configured).toContain("the manager config of this task is recorded");
    expect(configured).toContain(`Begin with conveyor cycle ${TASK} ${PATH} --json`);
    expect(configured).toContain("only where something is missing or does not fit");
    expect(configured).toContain("Expected tools: git, vitest");
    expect(configured).toContain("Which browser?");
    expect(configured).not.toContain("Ask the user here in this chat");
  });
});

describe("the worker's prompt", () => {
  it("is the work, then what to agree on and how to end", () => {
    const prompt = pairedWorkerPrompt(settings, { name: "ada", task: "auth", prompt: "Split the parser" });
    expect(prompt.startsWith("Split the parser\n")).toBe(true);
    expect(prompt).toContain("Before you edit anything, say in a few lines: the goal in your own words");
    expect(prompt).toContain(`piped into conveyor worker-ack 'auth' --from-stdin ${PATH}`);
    expect(prompt).toContain("short final reply that names the files you changed and how you verified");
    expect(prompt).toContain("Never call finish-task: the manager closes the task");
  });

  it("without work says to stand by", () => {
    const prompt = standByPrompt({ name: "ada", cwd: "/repo" });
    expect(prompt).toContain("worker session ada");
    expect(prompt).toContain("wait for your manager's instruction");
    expect(prompt).toContain("Do not start any");
  });
});

describe("the prompt of an agent that is only started", () => {
  const prompt = plainPrompt(settings, { session: "scratch", cwd: "/repo" });

  it("says what it is and which steps make it a supervised one, in order", () => {
    expect(prompt).toContain(
      "raw Conveyor worker candidate in the tmux session scratch, in /repo. You are not registered",
    );
    const steps = [
      "register-worker",
      "tasks --create",
      "start-manager",
      "bind --task",
      "before you edit anything, say",
    ];
    const places = steps.map((step) => prompt.indexOf(step));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it("asks for what it must not make up", () => {
    expect(prompt).toContain("worker, manager, task, goal");
    expect(prompt).toContain("Never make one up. Ask for what is missing");
    expect(prompt).toContain("open-manager <task>");
    expect(prompt).toContain("open-worker <task>");
  });

  it("hands out templates that name the ledger and hold nothing that start-manager refuses", () => {
    for (const template of Object.values(setUpTemplates(settings, { session: "scratch", cwd: "/repo" }))) {
      expect(template).toContain(PATH);
      expect(template).not.toContain(" -- ");
    }
  });
});
