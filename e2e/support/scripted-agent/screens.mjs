import { CLI_VERSION } from "./options.mjs";

/** What the empty composer shows. */
export const PLACEHOLDER = "Ask Codex to do anything";
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/** Columns that a text takes; East Asian and emoji characters count double. */
export function width(text) {
  let columns = 0;
  for (const char of text) {
    const code = char.codePointAt(0);
    const wide =
      code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xffe6 && code !== 0x303f) || code >= 0x1f300);
    columns += wide ? 2 : 1;
  }
  return columns;
}

/** Cut a line into pieces that fit the columns; every piece after the first begins with `indent`. */
export function wrap(text, columns, indent = "") {
  const pieces = [];
  let line = "";
  for (const char of text) {
    if (width(line) + width(char) > columns) {
      pieces.push(line);
      line = indent;
    }
    line += char;
  }
  pieces.push(line);
  return pieces;
}

/** A text as a block whose first line carries a mark and whose other lines are indented below it. */
export function block(mark, text, columns) {
  return text
    .split("\n")
    .flatMap((line, index) => wrap(`${index === 0 ? mark : " "} ${line}`.trimEnd(), columns, "  "));
}

/** The lines at the top of a fresh conversation. */
export function header({ shown_cwd, sandbox, approval_policy }) {
  const unguarded = sandbox === "danger-full-access" && approval_policy === "never";
  return [
    "",
    `  >_ OpenAI Codex (v${CLI_VERSION})`,
    `     ${shown_cwd}`,
    ...(unguarded ? ["  permissions: YOLO mode"] : []),
    "",
    "",
  ];
}

/** Something a person said, as it stands in the conversation. */
export const said = (text, columns) => [...block("›", text, columns), "", ""];

/** The busy line. */
export const working = (elapsedSeconds, label = "Working") =>
  `${elapsedSeconds % 2 === 0 ? "•" : "◦"} ${label} (${elapsedSeconds}s • esc to interrupt)`;

/** Under a finished answer: how long the turn took and when it ended. */
export function workedFor(ms, now) {
  const two = (number) => String(number).padStart(2, "0");
  const took = ms < 1000 ? "<1" : String(Math.floor(ms / 1000));
  return `  Worked for ${took}s • ${two(now.getHours())}:${two(now.getMinutes())}`;
}

/** Texts that wait for a moment in which the running turn can take them. */
export const pendingInput = (texts, columns) => [
  "• Messages to be submitted after next tool call (press esc to interrupt and send immediately)",
  ...texts.flatMap((text) => block("  ↳", text, columns)),
];

/** The composer and the lines below it; before the first turn there is less to show. A tall text shows its end. */
export function composer(text, { model, shown_cwd, columns, rows, fresh }) {
  const shell = text.startsWith("!");
  const lines = text === "" ? [`› ${PLACEHOLDER}`] : block(shell ? "!" : "›", shell ? text.slice(1) : text, columns);
  const fits = Math.max(1, rows - 8);
  const body = lines.length <= fits ? lines : cutAbove(lines.slice(-fits), columns);
  const draft_hint = shell ? "  Shell mode" : "";
  if (fresh) return [...body, "", "", text === "" ? "  ? for shortcuts" : draft_hint];
  const hint = text === "" ? "  ← for agents · ? for shortcuts" : draft_hint;
  return [...body, "", `  ${model} default · ${shown_cwd}`, hint];
}

/** The mark of the composer stays in its first row, which says at its end that there is more above. */
function cutAbove([first, ...rest], columns) {
  const room = columns - 2;
  const shown = wrap(`›${first.slice(1)}`, room)[0];
  return [`${shown}${" ".repeat(Math.max(1, room - width(shown)))} ↑`, ...rest];
}

/** A finished command with the last lines of its output. */
export function ranCommand(cmd, output, exitCode, columns) {
  const lines = output.replace(/\n$/, "").split("\n");
  const shown = output === "" ? ["(no output)"] : lines.slice(-3);
  if (lines.length > 3) shown.push(`+ ${lines.length - 3} lines (^t to expand)`);
  return [
    ...block("•", exitCode === 0 ? `Ran ${cmd}` : `Exited (status ${exitCode}) ${cmd}`, columns),
    ...shown.flatMap((line, index) => wrap(`  ${index === 0 ? "└" : " "} ${line}`, columns, "    ")),
    "",
  ];
}

/** A command that a person ran from the composer; the stand-in runs none. */
export const youRan = (cmd, columns) => [...block("•", `You ran ${cmd}`, columns), "  └ (no output)", ""];

/** What Codex says to a command that it does not know. */
export const unrecognized = (text, columns) => [
  ...block("•", `Unrecognized command '${text.split(/\s/)[0]}'. Type "/" for a list of supported commands.`, columns),
  "",
];

/** A command that a person did not allow. */
export const canceledCommand = (cmd, columns) => [
  ...block("✗", `You canceled the request to run ${cmd}`, columns),
  "",
  ...ranCommand(cmd, "", 1, columns),
];

/** The line that stands where an interrupted turn ended. */
export const INTERRUPTED = "■ Conversation interrupted - use /feedback if something went wrong";

const option = (selected, index, text) => `${selected === index ? "›" : " "} ${index + 1}. ${text}`;

/** The line that stands where a turn was stopped in favour of what was typed meanwhile. */
export const STEERED = "• Model interrupted to submit steer instructions.";

/** The question whether a folder is trusted. */
export const trustScreen = (cwd) => (selected) => [
  "",
  "  Folder access",
  `  ${cwd}`,
  "",
  "  Trust this folder? Codex can read, edit, and run files here, subject to your permission settings. Folder settings",
  "  can run code automatically, even without a model request. Continue only if you trust these files. Your trust",
  "  decision will be saved.",
  "",
  option(selected, 0, "Trust and continue"),
  option(selected, 1, "Back to Agent Command Center"),
  "",
  "  enter continue · esc back",
];

/** The question whether a command may run outside the sandbox. */
export const approvalScreen =
  ({ cmd, reason, prefix }) =>
  (selected) => [
    "",
    "  Would you like to run the following command?",
    "",
    "  Environment: local",
    "",
    `  Reason: ${reason}`,
    "",
    `  $ ${cmd}`,
    "",
    "",
    option(selected, 0, "Yes, proceed (y)"),
    option(selected, 1, `Yes, and don't ask again for commands that start with \`${prefix.join(" ")}\` (p)`),
    option(selected, 2, "No, and tell Codex what to do differently (esc)"),
    "",
    "  Press enter to confirm or esc to cancel",
  ];

/** A question of the model with its answers. */
export const questionScreen =
  ({ question, options }) =>
  (selected) => {
    const labels = [...options, { label: "None of the above", description: "Optionally, add details in notes (tab)" }];
    const column = Math.max(...labels.map((o) => o.label.length)) + 2;
    return [
      "",
      "  Question 1/1 (1 unanswered)",
      `  ${question}`,
      "",
      ...labels.map((o, i) => `  ${option(selected, i, o.label.padEnd(column) + o.description)}`),
      "",
      "  tab to add notes | enter to submit answer | esc to interrupt",
    ];
  };

/** What to do with a proposed plan. */
export const planScreen = () => (selected) => [
  "",
  "  Implement this plan?",
  "",
  option(selected, 0, "Yes, implement this plan          Switch to Default and start coding"),
  option(selected, 1, "Yes, clear context and implement  Fresh thread with this plan"),
  option(selected, 2, "No, stay in Plan mode             Continue planning with the model"),
  "",
  "  enter select · esc back",
];

/** The offer to go on with a cheaper model. */
export const rateLimitScreen = () => (selected) => [
  "",
  "  Approaching rate limits",
  "  Switch to a smaller model for lower credit usage?",
  "",
  "",
  option(selected, 0, "Switch to the smaller model              Fast and affordable model for easier tasks."),
  option(selected, 1, "Keep current model"),
  option(selected, 2, "Keep current model (never show again)  Hide future rate limit reminders about switching models"),
  "",
  "  enter select · esc back",
];

/** Terminal title: the folder when idle, with a spinner when busy, with a marker when a person is needed. */
export function title(state, folder, frame) {
  if (state === "busy") return `${SPINNER[frame % SPINNER.length]} ${folder}`;
  if (state === "waiting") return `[ ${Math.floor(frame / 5) % 2 === 0 ? "!" : "."} ] Action Required | ${folder}`;
  return folder;
}
