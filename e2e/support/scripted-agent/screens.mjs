import { CLI_VERSION } from "./options.mjs";

/** What the empty composer shows. */
export const PLACEHOLDER = "Ask Codex to do anything";
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/** Columns that a text takes; East Asian and emoji characters count double. */
export function width(text) {
  let columns = 0;
  for (const char of text) {
    const code = char.codePointAt(0);
    const wide = code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xffe6 && code !== 0x303f) || code >= 0x1f300);
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
export const header = (cwd) => ["", `  >_ OpenAI Codex (v${CLI_VERSION})`, `     ${cwd}`, "", ""];

/** The busy line. */
export const working = (elapsedSeconds, label = "Working") =>
  `${elapsedSeconds % 2 === 0 ? "•" : "◦"} ${label} (${elapsedSeconds}s • esc to interrupt)`;

/** Under a finished answer: how long the turn took and when it ended. */
export function workedFor(ms, now) {
  const two = (number) => String(number).padStart(2, "0");
  return `  Worked for ${Math.max(1, Math.round(ms / 1000))}s • ${two(now.getHours())}:${two(now.getMinutes())}`;
}

/** The composer and the two lines below it. */
export function composer(text, { model, cwd, columns, rows }) {
  const body = text === "" ? [`› ${PLACEHOLDER}`] : block("›", text, columns);
  const fits = Math.max(1, rows - 8);
  const hint = text === "" ? "  ← for agents · ? for shortcuts" : "";
  return [...body.slice(-fits), "", `  ${model} default · ${cwd}`, hint];
}

/** A finished command with the first lines of its output. */
export function ranCommand(cmd, output, exitCode, columns) {
  const lines = output.replace(/\n$/, "").split("\n");
  const shown = lines.length > 5 ? [...lines.slice(0, 2), `… +${lines.length - 4} lines`, ...lines.slice(-2)] : lines;
  const body = output === "" ? ["(no output)"] : shown;
  return [
    ...block(exitCode === 0 ? "•" : "✗", `Ran ${cmd}`, columns),
    ...body.flatMap((line, index) => wrap(`  ${index === 0 ? "└" : " "} ${line}`, columns, "    ")),
  ];
}

/** The line that stands where an interrupted turn ended. */
export const INTERRUPTED = "■ Conversation interrupted - use /feedback if something went wrong";

const option = (selected, index, text) => `${selected === index ? "›" : " "} ${index + 1}. ${text}`;

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
export const approvalScreen = ({ cmd, reason, prefix }) => (selected) => [
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
export const questionScreen = ({ question, options }) => (selected) => {
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

/** Terminal title: the folder when idle, with a spinner when busy, with a marker when a person is needed. */
export function title(state, folder, frame) {
  if (state === "busy") return `${SPINNER[frame % SPINNER.length]} ${folder}`;
  if (state === "waiting") return `[ ${frame % 2 === 0 ? "!" : "."} ] Action Required | ${folder}`;
  return folder;
}
