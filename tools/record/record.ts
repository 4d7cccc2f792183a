import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { normaliser } from "./normalise.ts";
import { Place } from "./place.ts";
import { FORMS, type Form, Recorder } from "./recorder.ts";
import { app } from "./scenario/app.ts";
import { closing } from "./scenario/closing.ts";
import { empty } from "./scenario/empty.ts";
import { every, missingForms } from "./scenario/every.ts";
import { folders } from "./scenario/folders.ts";
import { messages } from "./scenario/messages.ts";
import { server } from "./scenario/server.ts";
import { setup } from "./scenario/setup.ts";
import { terminals } from "./scenario/terminals.ts";

/**
 * Record what every command prints, in order to see afterwards what a change did to it:
 * `pnpm run record --out DIR [--program bin/conveyor]`, and `pnpm run record --compare BEFORE AFTER`.
 */
const SCENARIO = [empty, setup, messages, app, terminals, closing, folders, server, every];
const OWN_PROGRAM = fileURLToPath(new URL("../../bin/conveyor", import.meta.url));

async function record(program: string, out: string, form: Form): Promise<void> {
  const place = await Place.make(program);
  try {
    const { stdout } = await place.run(["--version"]);
    const { root, tmux_socket } = place;
    const known = { root, tree: dirname(dirname(program)), version: stdout.trim(), tmux_socket };
    const recorder = new Recorder(place, form, out, normaliser(known));
    for (const part of SCENARIO) {
      process.stderr.write(`${form}: ${part.name}\n`);
      await part(recorder);
    }
    if (recorder.broken.length > 0) throw new Error(`must not be refused:\n${recorder.broken.join("\n")}`);
    const missing = await missingForms(recorder);
    if (missing.length > 0)
      throw new Error(`never typed, so add them to tools/record/scenario:\n${missing.join("\n")}`);
  } finally {
    await place.close();
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string" },
    program: { type: "string", default: OWN_PROGRAM },
    form: { type: "string", multiple: true, default: Object.keys(FORMS) },
    compare: { type: "boolean", default: false },
  },
});
if (values.compare) {
  const [before, after] = positionals;
  if (before === undefined || after === undefined) throw new Error("--compare takes two recordings");
  const differences = compare(before, after);
  for (const { file, lines } of differences)
    process.stdout.write(`${file}\n${lines.map((line) => `  ${line}\n`).join("")}`);
  process.stdout.write(`${differences.length} files differ\n`);
  process.exitCode = differences.length > 0 ? 1 : 0;
} else {
  if (values.out === undefined) throw new Error("--out names the folder of the recording");
  const program = realpathSync(values.program);
  const out = resolve(values.out);
  // Each form has a machine of its own, so they do not meet.
  await Promise.all((values.form as Form[]).map((form) => record(program, out, form)));
}
