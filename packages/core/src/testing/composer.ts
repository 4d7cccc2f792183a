import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A program that behaves at its terminal like an idle Codex: it shows a composer, takes a paste into it, and with Enter
 * records what stands there in its rollout. Runs by itself, hence in plain JavaScript. Arguments: log of every byte, file
 * that names the rollout, dialog that stands in place of the composer, text that stands in it, what the shell runs on Enter.
 */
const PROGRAM = `
const fs = require("node:fs");
const [log, rollout_of, dialog, draft, on_submit] = process.argv.slice(2);
process.stdin.setRawMode(true);
process.stdout.write("\\u001b[?2004h");
const ROWS = 20;
const said = [];
let text = draft;
let pasting = false;
function draft_lines() {
  const pieces = (text === "" ? "Ask Codex to do anything" : text).split("\\n").flatMap((line) => line.match(/.{1,76}/gu) ?? [""]);
  const seen = pieces.slice(-ROWS);
  const more = pieces.length > ROWS ? "  \\u2191" : "";
  return seen.map((line, row) => row === 0 ? "\\u203a " + line + more : "  " + line);
}
function show() {
  const body = dialog !== "" ? [...dialog.split("\\n"), ""] : [
    ">_ OpenAI Codex (v0.169.0)", "", ...said.flatMap((one) => ["\\u203a " + one, "", "\\u2022 taken", ""]).slice(-20),
    ...draft_lines(), "", "  gpt-5.2-codex high \\u00b7 ~/p",
  ];
  process.stdout.write("\\u001b[2J\\u001b[H" + body.join("\\r\\n"));
}
function submit() {
  const message = text.trim();
  text = "";
  if (message === "") return;
  if (on_submit !== "") require("node:child_process").execSync(on_submit);
  said.push(message.split("\\n").at(-1).slice(0, 60));
  if (!fs.existsSync(rollout_of)) return;
  const payload = { type: "item_completed", item: { type: "UserMessage", content: [{ type: "text", text: message }] } };
  const line = { timestamp: new Date().toISOString(), type: "event_msg", payload };
  const rollouts = new Set(fs.readFileSync(rollout_of, "utf8").split("\\n").filter((path) => path !== ""));
  for (const path of rollouts) fs.appendFileSync(path, JSON.stringify(line) + "\\n");
}
process.stdin.on("data", (bytes) => {
  fs.appendFileSync(log, bytes);
  if (dialog !== "") return;
  for (const part of bytes.toString("utf8").split(/(\\u001b\\[20[01]~|\\r)/)) {
    if (part === "\\u001b[200~") pasting = true;
    else if (part === "\\u001b[201~") pasting = false;
    else if (part === "\\r" && !pasting) submit();
    else text += part === "\\r" ? "\\n" : part;
  }
  show();
});
show();
`;

export interface ComposerOptions {
  /** Stands there instead of the composer; keys do nothing to it. */
  dialog?: string;
  /** Stands in the composer from the beginning. */
  draft?: string;
  /** Whether what is submitted is recorded in the session's rollout; default true. */
  records?: boolean;
  /** The shell runs this when something is submitted. */
  on_submit?: string;
}

/** The composers of one world: who they are, what they got, and which rollout belongs to which. */
export class Composers {
  readonly #folder: string;

  constructor(root: string) {
    this.#folder = join(root, "composers");
  }

  /** The program and its arguments for a tmux session of this name. */
  argv(session: string, { dialog = "", draft = "", records = true, on_submit = "" }: ComposerOptions = {}): string[] {
    mkdirSync(this.#folder, { recursive: true });
    // By this name Conveyor knows an agent's program.
    const program = join(this.#folder, "codex");
    writeFileSync(program, PROGRAM);
    chmodSync(program, 0o755);
    const rollout_of = records ? this.#rolloutOf(session) : join(this.#folder, "none");
    return [process.execPath, program, this.#log(session), rollout_of, dialog, draft, on_submit];
  }

  /** From now on the session's agent records what it is told in this file too. */
  recordIn(session: string, rollout: string): void {
    mkdirSync(this.#folder, { recursive: true });
    appendFileSync(this.#rolloutOf(session), `${rollout}\n`);
  }

  /** Every byte that reached the program. */
  received(session: string): string {
    return existsSync(this.#log(session)) ? readFileSync(this.#log(session), "utf8") : "";
  }

  #log(session: string): string {
    return join(this.#folder, `${session}.log`);
  }

  #rolloutOf(session: string): string {
    return join(this.#folder, `${session}.rollout`);
  }
}
