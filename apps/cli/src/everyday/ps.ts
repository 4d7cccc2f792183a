import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { presentRows } from "../print/present.ts";
import type { View } from "../print/text.ts";

function psText(lines: Output<"everyday.ps">, view: View): string {
  return presentRows(lines, view);
}

/** `ps`: one line per task and session (spec 10.3). */
export const ps = presents("everyday.ps", {
  text: psText,
  nothing: (program) => `nothing is open; begin with \`${program} pair\`, or show all with \`${program} ps -a\``,
});
