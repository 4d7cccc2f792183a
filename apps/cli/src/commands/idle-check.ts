import { cliCommand } from "../command.ts";
import { spec } from "../generated/idle-check.ts";
import { lines } from "../print/text.ts";

const age = (seconds: number | null) => (seconds === null ? "unknown" : `${seconds} s`);

/** `idle-check --human` (spec 02 §8.8). */
export const command = cliCommand(spec, {
  text: {
    "workers.idleCheck": (worker, view) =>
      lines(
        view.colour.bold(`${worker.name}: ${worker.health}`),
        worker.reason,
        worker.recommended_action !== "none" && `recommended: ${worker.recommended_action}`,
        `age of its report: ${age(worker.status_age_seconds)}, of its screen: ${age(worker.terminal_age_seconds)}`,
      ),
  },
});
