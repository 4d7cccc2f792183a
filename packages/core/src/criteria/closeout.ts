/** How people write about closing the task itself, which is the manager's work and no criterion of the worker (spec 04 §4.6). */
const CLOSEOUT_PHRASES = [
  /finish-task/,
  /require-criteria-audit/,
  /task (?:is )?(?:marked )?done/,
  /mark(?:ed)? (?:the )?task done/,
  /terminal closeout/,
  /verified task closeout/,
  /heartbeat teardown/,
  /final manager (?:report|decision)/,
  /manager final (?:report|handoff)/,
  /closeout proof/,
  /control-plane closeout/,
] as const;

const CLOSEOUT = new RegExp(
  `\\b(?:${CLOSEOUT_PHRASES.map(({ source }) => source.replaceAll(" ", "\\s+")).join("|")})\\b`,
  "i",
);

/** Whether the text speaks of closing the task, which belongs in the manager's final report (spec 04 §1, principle c). Pure. */
export function isManagerCloseout(text: string): boolean {
  return CLOSEOUT.test(text);
}
