import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { TurnRecords } from "./records.mjs";
import {
  approvalScreen,
  block,
  canceledCommand,
  INTERRUPTED,
  planScreen,
  questionScreen,
  ranCommand,
  rateLimitScreen,
  STEERED,
  said,
  workedFor,
} from "./screens.mjs";
import { parsePrompt } from "./steps.mjs";

/** Thrown into a waiting step when a person stops the turn. */
class Interrupted extends Error {}

const FAILURES = {
  context_window_exceeded:
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
  usage_limit_exceeded: "You’ve hit your usage limit. Try again later.",
};
const EXEC_LIMIT = { timeout: 60_000, maxBuffer: 4 * 1024 * 1024 };
const HOLD_LOOK_MS = 50;

/**
 * One turn of the scripted agent: does its steps one after the other, writes their records and shows them. Ends
 * completed, failed or interrupted; never throws.
 */
export class Turn {
  #stop = null;
  #stopped = false;
  #openCall;
  #lastMessage = null;
  #compacted = false;

  constructor(thread, terminal, settings, options = {}) {
    this.thread = thread;
    this.terminal = terminal;
    this.settings = settings;
    this.records = new TurnRecords(thread, settings, options);
  }

  /** Run a turn that a typed text started. `steps` null = answer with one sentence. */
  async runInput(text, steps) {
    this.records.startWithInput(text);
    this.#show(said(text, this.terminal.columns));
    await this.#run(steps ?? [{ name: "say", text: shortAnswer(text) }]);
  }

  /** Run a turn that only compacts the history. */
  async runCompaction() {
    this.records.startMaintenance();
    await this.#run([{ name: "compact" }]);
  }

  /** A person typed while the turn runs: the turn takes the text before its next step. */
  steer(text) {
    this.terminal.pending.push(text);
    this.terminal.draw();
  }

  /** Stop the turn as soon as the event loop comes round; a second call does nothing. */
  interrupt() {
    this.#stopped = true;
    this.#stop?.(new Interrupted());
  }

  async #run(steps) {
    const { terminal, records } = this;
    terminal.fresh = false;
    terminal.busy = { since: Date.now() };
    terminal.draw();
    try {
      await this.#sleep(this.settings.turn_ms);
      const todo = [...steps];
      for (;;) {
        todo.push(...this.#takePending());
        const step = todo.shift();
        if (step === undefined) break;
        await this.#perform(step);
      }
      if (this.#lastMessage === null && !this.#compacted) this.#say("ok.");
      records.complete(this.#lastMessage);
      terminal.busy = null;
      this.#show([workedFor(Date.now() - records.started_ms, new Date()), "", ""]);
    } catch (error) {
      terminal.busy = null;
      terminal.dialog = null;
      terminal.running = null;
      this.#end(error);
    }
  }

  /** Texts typed meanwhile become part of the turn, with what they ask for. */
  #takePending() {
    const texts = this.terminal.pending.splice(0);
    return texts.flatMap((text) => {
      this.records.userInput(text);
      this.#show(said(text, this.terminal.columns));
      return parsePrompt(text) ?? [{ name: "say", text: shortAnswer(text) }];
    });
  }

  #end(error) {
    if (error instanceof Interrupted) {
      this.records.interrupt(this.#openCall);
      this.#show([this.terminal.pending.length > 0 ? STEERED : INTERRUPTED, "", ""]);
      return;
    }
    this.records.fail(error.code_for_records ?? "other", error.message);
    this.#show([...block("■", error.message, this.terminal.columns), "", ""]);
  }

  async #perform(step) {
    switch (step.name) {
      case "say":
        return this.#say(step.text);
      case "say_big":
        return this.#say("word ".repeat(Math.ceil(step.bytes / 5)).slice(0, step.bytes));
      case "run":
        return this.#command(step.cmd, async () => ({
          output: step.output ? `${step.output}\n` : "",
          exit_code: step.exit_code,
        }));
      case "exec":
        return this.#command(step.cmd, () => this.#execute(step.cmd));
      case "big":
        return this.#command(`print-bytes ${step.bytes}`, async () => ({ output: filler(step.bytes), exit_code: 0 }));
      case "sleep":
        return this.#sleep(step.ms);
      case "hold":
        return this.#hold(step.file);
      case "fail":
        throw Object.assign(new Error(FAILURES[step.code] ?? `The model refused: ${step.code}`), {
          code_for_records: step.code,
        });
      case "ask_approval":
        return this.#askApproval(step.cmd ?? "curl -s https://example.com");
      case "question":
        return this.#ask(step.question ?? "Which database?");
      case "plan":
        return this.#plan();
      case "rate_limit_prompt":
        this.after = { lines: rateLimitScreen(), count: 3, keys: {}, prompts: [null, null, null] };
        return undefined;
      case "compact":
        return this.#compact();
      case "half_line":
        return this.#tornLine(step.ms);
      case "garbage":
        return this.thread.appendGarbage();
      case "crash":
        return process.kill(process.pid, "SIGKILL");
      case "trust":
        return undefined;
      default:
        throw new Error(`The step "${step.name}" cannot be part of a turn.`);
    }
  }

  #say(text) {
    this.records.answer(text);
    this.#lastMessage = text;
    const shown = text.length > 4000 ? `${text.slice(0, 4000)}…` : text;
    this.#show([...block("•", shown, this.terminal.columns), ""]);
  }

  #compact() {
    this.#compacted = true;
    this.records.compacted("Summary of the work so far.");
    this.#show(["• Context compacted · 0s", ""]);
  }

  async #command(cmd, work) {
    const started_ms = Date.now();
    this.#openCall = this.records.call("exec_command", { cmd });
    this.terminal.running = `• Running ${cmd}`;
    await this.#finishCommand(cmd, started_ms, await work());
  }

  async #finishCommand(cmd, started_ms, { output, exit_code }) {
    this.records.commandDone(this.#openCall, { cmd, output, exit_code, started_ms });
    this.#openCall = undefined;
    this.terminal.running = null;
    this.#show(ranCommand(cmd, output, exit_code, this.terminal.columns));
  }

  #execute(cmd) {
    return this.#until((resolve) => {
      const child = execFile(
        "/bin/bash",
        ["-lc", cmd],
        { cwd: this.settings.cwd, ...EXEC_LIMIT },
        (error, stdout, stderr) => {
          resolve({
            output: stdout + stderr,
            exit_code: error === null ? 0 : Number.isInteger(error.code) ? error.code : -1,
          });
        },
      );
      return () => child.kill("SIGKILL");
    });
  }

  async #askApproval(cmd) {
    const prefix = [cmd.split(" ")[0]];
    const reason = `Allow running ${prefix[0]} outside the sandbox?`;
    const started_ms = Date.now();
    this.#openCall = this.records.call("exec_command", {
      cmd,
      sandbox_permissions: "require_escalated",
      justification: reason,
      prefix_rule: prefix,
    });
    this.terminal.running = `• Running ${cmd}`;
    const dialog = { lines: approvalScreen({ cmd, reason, prefix }), count: 3, keys: { y: 0, p: 1, n: 2 } };
    const choice = await this.#choose(dialog).catch(() => 2);
    if (choice === 2) {
      this.terminal.running = null;
      this.#show(canceledCommand(cmd, this.terminal.columns));
      throw new Interrupted();
    }
    await this.#finishCommand(cmd, started_ms, { output: "", exit_code: 0 });
    if (choice === 1) this.records.prefixApproved(prefix);
  }

  async #ask(question) {
    const options = [
      { label: "SQLite (Recommended)", description: "local file" },
      { label: "Postgres", description: "server" },
    ];
    this.#openCall = this.records.call("request_user_input", {
      questions: [{ id: "answer", header: "Decision", question, options }],
    });
    const choice = await this.#choose({ lines: questionScreen({ question, options }), count: 3, keys: {} });
    const option = options[choice] ?? { label: "None of the above", description: "" };
    this.records.questionAnswered(this.#openCall, { id: "answer", question, option });
    this.#openCall = undefined;
  }

  async #plan() {
    this.records.planProposed("# Plan\n- step one\n- step two\n");
    this.#show(["• Proposed Plan", "  # Plan", "  • step one", "  • step two", ""]);
    this.#say("That is the plan.");
    this.after = {
      lines: planScreen(),
      count: 3,
      keys: {},
      prompts: ["Implement the plan.", "Implement the plan.", null],
    };
  }

  /** Show a dialog and wait for the choice; Escape stops the turn. */
  #choose(dialog) {
    return this.#until((resolve, reject) => {
      this.terminal.dialog = { ...dialog, selected: 0, choose: resolve, cancel: () => reject(new Interrupted()) };
      this.terminal.draw();
      return () => {};
    }).finally(() => {
      this.terminal.dialog = null;
      this.terminal.draw();
    });
  }

  #sleep(ms) {
    return this.#until((resolve) => {
      const timer = setTimeout(resolve, ms);
      return () => clearTimeout(timer);
    });
  }

  /** Stay busy until the file exists; without a file until a person stops the turn. */
  #hold(file) {
    return this.#until((resolve) => {
      const timer = setInterval(() => {
        if (file !== undefined && existsSync(file)) resolve();
      }, HOLD_LOOK_MS);
      return () => clearInterval(timer);
    });
  }

  async #tornLine(ms) {
    const finish = this.thread.appendTorn("event_msg", { type: "warning", message: "a record in two halves" });
    try {
      await this.#sleep(ms);
    } finally {
      finish();
    }
  }

  /** A promise that `interrupt()` can end; `start` returns what frees its timer or process. */
  #until(start) {
    if (this.#stopped) return Promise.reject(new Interrupted());
    let free = () => {};
    return new Promise((resolve, reject) => {
      this.#stop = reject;
      free = start(resolve, reject);
    }).finally(() => {
      this.#stop = null;
      free();
    });
  }

  #show(lines) {
    this.terminal.print(lines);
  }
}

function shortAnswer(text) {
  const first = text.trim().split("\n")[0] ?? "";
  return `Understood: ${first.length > 60 ? `${first.slice(0, 59)}…` : first}`;
}

/** Lines of digits, exactly this many bytes. */
function filler(bytes) {
  const line = `${"0123456789".repeat(7)}\n`;
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}
