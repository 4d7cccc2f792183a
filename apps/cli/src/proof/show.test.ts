import { expect, it } from "vitest";
import { paletteFor } from "../print/palette.ts";
import { reportText } from "./show.ts";

const output = { isTerminal: false, columns: 80, write: async () => {} };
const view = { colour: paletteFor(output, {}), ...output, now: 0, program: "conveyor", input: {} };
const none = { task: { id: "task-1", name: "auth" }, ok: true, policy: "auto", criteria: [] };
const one = {
  criterion_id: 1,
  criterion: "the parser refuses empty input",
  state: "stale",
  reason: "files were changed",
  next: "conveyor verify 'auth'",
};

it.each([
  [none, "auth: there is no criterion to prove yet (proof policy auto)\n"],
  [
    { ...none, ok: false, criteria: [one] },
    expect.stringMatching(/^auth: not everything is proven .*\n#1\tstale\t.*\nnext:\n#1: conveyor verify 'auth'\n$/),
  ],
  [
    { ...none, criteria: [{ ...one, state: "verified", next: null }] },
    expect.stringMatching(/^auth: everything is proven /),
  ],
])("says how far a task is proven, and does not call nothing proven", (report, text) => {
  expect(reportText(report as never, view as never)).toEqual(text);
});
