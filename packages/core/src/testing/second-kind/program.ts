import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A program that nobody here knows but the agent beside it: it asks whether the folder is its user's, keeps a journal of
 * its own in lines of words between tabs, shows two angle brackets where it takes text, and writes for a moment when it is
 * told something. Runs by itself, hence in plain JavaScript.
 */
const PROGRAM = `
const fs = require("node:fs");
const path = require("node:path");
const home = process.env.SCRIBBLE_HOME;
const thread = "note-" + require("node:crypto").randomUUID();
const first = process.argv[2] === "--note" ? process.argv[3] : "";
const said = [];
let journal = null, state = "asking", draft = "", pasting = false, turns = 0;
function record(...words) {
  if (journal === null) {
    fs.mkdirSync(path.join(home, "journals"), { recursive: true });
    journal = fs.openSync(path.join(home, "journals", thread + ".journal"), "a");
    record("opened", thread, process.cwd());
  }
  fs.writeSync(journal, [new Date().toISOString(), ...words.map(encodeURIComponent)].join("\\t") + "\\n");
}
function show() {
  const asks = ["Is this folder yours? Return says yes."];
  const takes = ["scribble", ...said.slice(-10), "", ...(">> " + draft).split("\\n")];
  const title = "\\u001b]2;scribble " + state + "\\u0007";
  process.stdout.write(title + "\\u001b[2J\\u001b[H" + (state === "asking" ? asks : takes).join("\\r\\n"));
}
function hear(text) {
  const turn = "turn-" + ++turns;
  record("began", turn);
  record("heard", turn, text);
  state = "writes";
  setTimeout(() => {
    if (text.includes("stumble")) record("failed", turn, "ink");
    else record("done", turn, "wrote: " + text.trim().split("\\n").at(-1));
    said.push("* " + turn);
    state = "rests";
    show();
  }, 50);
}
process.stdin.setRawMode(true);
process.stdout.write("\\u001b[?2004h");
process.stdin.on("data", (bytes) => {
  for (const part of bytes.toString("utf8").split(/(\\u001b\\[20[01]~|\\r)/)) {
    if (part === "\\u001b[200~") pasting = true;
    else if (part === "\\u001b[201~") pasting = false;
    else if (part === "\\r" && !pasting && state === "asking") {
      state = "rests";
      if (first !== "") hear(first);
    } else if (part === "\\r" && !pasting) {
      if (draft.trim() !== "") hear(draft);
      draft = "";
    } else if (state !== "asking") draft += part === "\\r" ? "\\n" : part;
  }
  show();
});
show();
`;

/** Put the program into a folder of PATH; returns where it is. */
export function installScribble(folder: string): string {
  const program = join(folder, "scribble");
  writeFileSync(program, `#!${process.execPath}\n${PROGRAM}`);
  chmodSync(program, 0o755);
  return program;
}
