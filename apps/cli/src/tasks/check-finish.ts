import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `finish-task --check` (spec 04 §8): a gate a line, with what helps; 1 when the task may not be finished. */
export const checkFinish = presents("tasks.checkFinish", {
  text: ({ task, ready, gates }) =>
    lines(
      `${task.name} ${ready ? "may be finished" : "may not be finished yet"}`,
      gates.flatMap(({ stage, required, ok, reason, fix }) => [
        `${ok ? "ok" : required ? "REFUSES" : "would refuse"}  ${stage}${reason === null ? "" : `: ${reason}`}`,
        ...fix.map((command) => `    ${command}`),
      ]),
    ),
  exitCode: ({ ready }) => (ready ? 0 : 1),
});
