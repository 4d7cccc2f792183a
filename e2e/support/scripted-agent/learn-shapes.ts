/**
 * Learn the record shapes anew from a folder of sample rollouts:
 * `npx tsx e2e/support/scripted-agent/learn-shapes.ts FOLDER` writes `record-shapes.json` beside this file.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kindOf, learnShapes, type ShapedRecord, type Shapes } from "./shapes.ts";

/** Turns whose order of records is worth keeping: file, first and last ordinal. */
const SEQUENCES: Record<string, [string, number, number]> = {
  first_turn: ["v0.169-tui-daemon-interrupt-approval-compact", 0, 13],
  later_turn: ["v0.169-tui-daemon-interrupt-approval-compact", 14, 23],
  interrupted_turn: ["v0.169-tui-daemon-interrupt-approval-compact", 24, 31],
  compaction_turn: ["v0.169-tui-daemon-interrupt-approval-compact", 153, 164],
  declined_first_turn: ["v0.169-tui-approval-declined", 0, 14],
};

function read(folder: string, name: string): ShapedRecord[] {
  const lines = readFileSync(join(folder, `${name}.jsonl`), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as ShapedRecord);
}

function learn(folder: string): Shapes {
  const names = readdirSync(folder)
    .filter((name) => /^v0\.169-(tui|exec-turn-failed)-.*\.jsonl$/.test(name))
    .map((name) => name.replace(".jsonl", ""));
  const sequences = Object.entries(SEQUENCES).map(([name, [file, first, last]]): [string, string[]] => {
    const turn = read(folder, file).filter((record) => record.ordinal >= first && record.ordinal <= last);
    return [name, turn.map(kindOf)];
  });
  return { kinds: learnShapes(names.flatMap((name) => read(folder, name))), sequences: Object.fromEntries(sequences) };
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("name the folder of the sample rollouts");
const target = fileURLToPath(new URL("./record-shapes.json", import.meta.url));
writeFileSync(target, `${JSON.stringify(learn(folder), null, 1)}\n`);
