/**
 * The little language of the prompts. A line `do: STEP | STEP ...` anywhere in a prompt says what the turn does;
 * several such lines are joined. A prompt without one is answered with one short sentence.
 */

const FORMS = [
  { name: "say", pattern: /^say (?<text>[\s\S]+)$/ },
  { name: "say_big", pattern: /^say-big (?<bytes>\d+)$/ },
  { name: "run", pattern: /^run (?<cmd>.+?) exit (?<exit_code>-?\d+)(?: print (?<output>.*))?$/ },
  { name: "exec", pattern: /^exec (?<cmd>.+)$/ },
  { name: "big", pattern: /^big (?<bytes>\d+)$/ },
  { name: "sleep", pattern: /^sleep (?<ms>\d+)$/ },
  { name: "hold", pattern: /^hold(?: (?<file>\S+))?$/ },
  { name: "fail", pattern: /^fail (?<code>[a-z_]+)$/ },
  { name: "ask_approval", pattern: /^ask-approval(?: (?<cmd>.+))?$/ },
  { name: "question", pattern: /^question(?: (?<question>.+))?$/ },
  { name: "plan", pattern: /^plan$/ },
  { name: "rate_limit_prompt", pattern: /^rate-limit-prompt$/ },
  { name: "compact", pattern: /^compact$/ },
  { name: "clear", pattern: /^clear$/ },
  { name: "trust", pattern: /^trust$/ },
  { name: "half_line", pattern: /^half-line (?<ms>\d+)$/ },
  { name: "garbage", pattern: /^garbage$/ },
  { name: "crash", pattern: /^crash$/ },
  { name: "quit", pattern: /^quit$/ },
];

const NUMBERS = new Set(["bytes", "exit_code", "ms"]);

/** One step as an object `{ name, ...fields }`; an unknown step becomes a `say` that names it, so a typo shows up. */
export function parseStep(source) {
  const text = source.trim();
  for (const form of FORMS) {
    const match = form.pattern.exec(text);
    if (match === null) continue;
    const step = { name: form.name };
    for (const [key, value] of Object.entries(match.groups ?? {})) {
      if (value !== undefined) step[key] = NUMBERS.has(key) ? Number(value) : value;
    }
    return step;
  }
  return { name: "say", text: `I do not know the step "${text}".` };
}

/** The steps of a prompt, or null when it holds no `do:` line. */
export function parsePrompt(prompt) {
  const lines = [...prompt.matchAll(/^[ \t]*do:[ \t]*(.+)$/gm)].map((match) => match[1]);
  if (lines.length === 0) return null;
  return lines.flatMap((line) => line.split(" | ")).map(parseStep);
}

/** What a typed line asks the program itself to do (not the model): `/clear`, `/compact`, `/quit` or their `do:` form. */
export function slashCommand(prompt) {
  // A blank before it makes a message of it.
  const text = prompt.trimEnd();
  if (text === "/clear" || text === "/new" || /^\s*do:\s*clear$/.test(text)) return "clear";
  if (text === "/compact" || /^\s*do:\s*compact$/.test(text)) return "compact";
  if (text === "/quit" || text === "/exit" || /^\s*do:\s*quit$/.test(text)) return "quit";
  return null;
}

/** Whether a text is a command that nobody knows: it stays in the composer. A path is none. */
export function isUnrecognized(prompt) {
  return /^\/[a-z-]+(?:\s|$)/.test(prompt) && slashCommand(prompt) === null;
}
