#!/usr/bin/env node
/**
 * A stand-in for the Codex terminal program: an outside observer (tmux, the rollout files, the process table) sees
 * what the real one shows, but no model is asked. Prompts may say what to do, see `steps.mjs`. Started with bare
 * `node`, so this folder has no dependency and no build step.
 */
import { appendFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { BurstDetector, KeyDecoder } from "./keys.mjs";
import { CLI_VERSION, HELP, readOptions } from "./options.mjs";
import { block, trustScreen, unrecognized, youRan } from "./screens.mjs";
import { isUnrecognized, parsePrompt, slashCommand } from "./steps.mjs";
import { Terminal } from "./terminal.mjs";
import { Thread } from "./thread.mjs";
import { Turn } from "./turn.mjs";

const ESCAPE_WAIT_MS = 25;

class Agent {
  #decoder = new KeyDecoder();
  #burst = new BurstDetector();
  #escapeTimer;
  #turn = null;
  #turnsEnded = 0;
  #earlierThreads = [];
  #told = "";

  constructor(options) {
    const home = process.env.HOME;
    const shown_cwd = home && options.cwd.startsWith(`${home}/`) ? `~${options.cwd.slice(home.length)}` : options.cwd;
    this.settings = { ...options, shown_cwd, provider: "scripted" };
    this.terminal = new Terminal(process.stdout, this.settings);
    this.thread = new Thread(this.settings);
    this.terminal.onDraw = () => this.#tell();
  }

  start() {
    process.stdin.setRawMode?.(true);
    process.stdin.on("data", (chunk) => this.#receive(chunk));
    process.stdin.on("end", () => this.quit(0));
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) process.on(signal, () => this.quit(143));
    this.terminal.start();
    const { prompt, trust_prompt } = this.settings;
    const asksTrust = trust_prompt || (parsePrompt(prompt ?? "")?.some((step) => step.name === "trust") ?? false);
    if (asksTrust) this.#askTrust();
    else this.#begin();
  }

  quit(code) {
    this.terminal.stop();
    const { id, path } = this.thread;
    for (const thread of [...this.#earlierThreads, this.thread]) thread.close();
    if (path !== null) process.stdout.write(`To continue this session, run codex resume ${id}\r\n`);
    process.stdin.setRawMode?.(false);
    process.exit(code);
  }

  #askTrust() {
    this.terminal.dialog = {
      lines: trustScreen(this.settings.cwd),
      count: 2,
      keys: {},
      selected: 0,
      whole: true,
      title: "starting",
      choose: (choice) => {
        if (choice === 1) return this.quit(0);
        this.terminal.dialog = null;
        return this.#begin();
      },
      cancel: () => this.quit(0),
    };
    this.terminal.draw();
  }

  #begin() {
    this.terminal.clear();
    if (this.settings.prompt !== undefined) this.#submit(this.settings.prompt);
  }

  #receive(chunk) {
    clearTimeout(this.#escapeTimer);
    for (const key of this.#decoder.push(chunk)) this.#key(key);
    if (this.#decoder.pending) {
      this.#escapeTimer = setTimeout(() => {
        for (const key of this.#decoder.flush()) this.#key(key);
      }, ESCAPE_WAIT_MS);
    }
  }

  #key(key) {
    this.#log(key);
    if (this.terminal.dialog !== null) this.#dialogKey(key, this.terminal.dialog);
    else this.#composerKey(key);
    this.terminal.draw();
  }

  get #screen() {
    if (this.terminal.dialog !== null) return "dialog";
    return this.#turn === null ? "composer" : "busy";
  }

  /** Keep the state file true; a rename makes each change whole for a reader. */
  #tell() {
    const file = this.settings.state_file;
    if (file === undefined) return;
    const { id, path } = this.thread;
    const state = {
      pid: process.pid,
      screen: this.#screen,
      thread_id: id,
      rollout_path: path,
      turns_ended: this.#turnsEnded,
    };
    const text = JSON.stringify(state);
    if (text === this.#told) return;
    this.#told = text;
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  #log(key) {
    if (this.settings.keys_log === undefined) return;
    const line = { at: new Date().toISOString(), screen: this.#screen, ...key };
    appendFileSync(this.settings.keys_log, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  #dialogKey(key, dialog) {
    if (key.kind === "enter") dialog.choose(dialog.selected);
    else if (key.kind === "escape" || key.kind === "ctrl-c") dialog.cancel();
    else if (key.kind === "up") dialog.selected = Math.max(0, dialog.selected - 1);
    else if (key.kind === "down") dialog.selected = Math.min(dialog.count - 1, dialog.selected + 1);
    else if (key.kind === "char") {
      const digit = Number(key.text) - 1;
      const choice = dialog.keys[key.text] ?? (digit >= 0 && digit < dialog.count ? digit : undefined);
      if (choice !== undefined) dialog.choose(choice);
    }
  }

  #composerKey(key) {
    const { terminal } = this;
    switch (key.kind) {
      case "char":
        this.#burst.char(performance.now());
        terminal.composer += key.text;
        return;
      case "paste":
        this.#burst.reset();
        terminal.composer += key.text;
        return;
      case "newline":
        terminal.composer += "\n";
        return;
      case "backspace":
        terminal.composer = [...terminal.composer].slice(0, -1).join("");
        return;
      case "ctrl-u":
        terminal.composer = "";
        return;
      case "enter":
        return this.#enter();
      case "escape":
        return this.#turn?.interrupt();
      case "ctrl-c":
        if (this.#turn !== null) this.#turn.interrupt();
        else if (terminal.composer !== "") terminal.composer = "";
        else this.quit(0);
        return;
      case "ctrl-d":
        if (this.#turn === null && terminal.composer === "") this.quit(0);
        return;
      default:
    }
  }

  #enter() {
    const { terminal } = this;
    if (this.#burst.swallowsEnter(performance.now())) {
      terminal.composer += "\n";
      return;
    }
    const text = terminal.composer;
    if (text.trim() === "") return;
    // As with the real program: what begins with these is no message, and blanks around a message are not sent.
    if (text.startsWith("!")) terminal.print(youRan(text.slice(1).trim(), terminal.columns));
    else if (isUnrecognized(text)) return terminal.print(unrecognized(text, terminal.columns));
    terminal.composer = "";
    this.#burst.reset();
    if (!text.startsWith("!")) this.#submit(text.trim(), slashCommand(text));
  }

  #submit(text, command = slashCommand(text)) {
    if (this.#turn !== null) {
      if (command === null) this.#turn.steer(text);
      else
        this.terminal.print([
          ...block("■", `'${text}' is disabled while a task is in progress.`, this.terminal.columns),
          "",
        ]);
      return;
    }
    if (command === "quit") this.quit(0);
    else if (command === "clear") this.#newThread();
    else if (command === "compact") void this.#play((turn) => turn.runCompaction());
    else this.#playInput(text);
  }

  #playInput(text) {
    const steps = parsePrompt(text);
    const last = steps?.at(-1)?.name;
    const inTurn = steps?.filter((step) => step.name !== "clear" && step.name !== "quit") ?? null;
    void this.#play((turn) => turn.runInput(text, inTurn)).then(() => {
      if (last === "clear") this.#newThread();
      if (last === "quit") this.quit(0);
    });
  }

  async #play(run) {
    const turn = new Turn(this.thread, this.terminal, this.settings);
    this.#turn = turn;
    await run(turn);
    this.#turn = null;
    this.#turnsEnded += 1;
    const waiting = this.terminal.pending.splice(0);
    if (waiting.length > 0) return this.#submit(waiting.join("\n"), null);
    if (turn.after !== undefined) this.#askAfter(turn.after);
    this.terminal.draw();
  }

  /** A menu that opens when the turn has ended; `prompts` says which choice sends what. The title stays idle. */
  #askAfter({ prompts, ...dialog }) {
    const close = () => {
      this.terminal.dialog = null;
      this.terminal.draw();
    };
    const choose = (choice) => {
      close();
      const prompt = prompts[choice];
      if (prompt === null) return;
      if (choice === 1) this.#newThread();
      this.#submit(prompt);
    };
    this.terminal.dialog = { ...dialog, title: "idle", selected: 0, choose, cancel: close };
  }

  /** Begin another thread. As with the real program the old one's file stays open until the end. */
  #newThread() {
    this.#earlierThreads.push(this.thread);
    this.thread = new Thread(this.settings);
    this.terminal.clear();
  }
}

const options = readOptions(process.argv.slice(2), process.env, process.cwd());
if (options.help) process.stdout.write(HELP);
else if (options.version) process.stdout.write(`codex-cli ${CLI_VERSION}\n`);
else new Agent({ ...options, cwd: realpathSync(options.cwd) }).start();
