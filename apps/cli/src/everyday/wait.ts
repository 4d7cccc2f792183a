import { presents } from "../presentation.ts";

/** `wait`: prints why; exit code 124 when the time is over (spec 10.3). */
export const wait = presents("everyday.wait", {
  text: ({ about, for: goal, holds, why, elapsed_seconds }) =>
    `${about.name} ${holds ? "is" : "is not"} ${GOALS[goal]} after ${elapsed_seconds} s: ${why}\n`,
  exitCode: ({ holds }) => (holds ? 0 : 124),
});

const GOALS = {
  idle: "idle",
  done: "done",
  attention: "in need of somebody",
  message: "written to",
  verified: "verified",
} as const;
