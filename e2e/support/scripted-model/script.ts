/** One thing the scripted model does when it is asked (spec 08 §8.19.1). */
export type ModelStep =
  | { kind: "say"; text: string; after_ms: number }
  | { kind: "exec"; cmd: string; escalated: boolean; prefix: string[] | undefined }
  | { kind: "patch"; file: string }
  | { kind: "call"; name: string; namespace: string | undefined; arguments: string }
  | { kind: "plan"; text: string }
  | { kind: "limit" }
  | { kind: "rate_headers" }
  | { kind: "rate" }
  | { kind: "http"; status: number }
  | { kind: "drop" }
  | { kind: "hang" }
  | { kind: "hold"; gate: string }
  | { kind: "failed"; code: string };

type Form = { pattern: RegExp; make: (match: string[]) => ModelStep };

const questionArguments = (question: string) =>
  JSON.stringify({
    questions: [
      {
        id: "answer",
        header: "Decision",
        question,
        options: [
          { label: "SQLite (Recommended)", description: "local file" },
          { label: "Postgres", description: "server" },
        ],
      },
    ],
  });

const call = (name: string, namespace: string | undefined, json: string): ModelStep => ({
  kind: "call",
  name,
  namespace,
  arguments: json,
});

const FORMS: Form[] = [
  { pattern: /^say (.+)$/s, make: ([, text = ""]) => ({ kind: "say", text, after_ms: 0 }) },
  { pattern: /^sleepsay (\d+) (.+)$/s, make: ([, ms, text = ""]) => ({ kind: "say", text, after_ms: Number(ms) }) },
  { pattern: /^exec (.+)$/s, make: ([, cmd = ""]) => ({ kind: "exec", cmd, escalated: false, prefix: undefined }) },
  { pattern: /^esc (.+)$/s, make: ([, cmd = ""]) => ({ kind: "exec", cmd, escalated: true, prefix: undefined }) },
  {
    pattern: /^esc-prefix (.+)$/s,
    make: ([, cmd = ""]) => ({ kind: "exec", cmd, escalated: true, prefix: cmd.split(" ").slice(0, 1) }),
  },
  { pattern: /^patch (\S+)$/, make: ([, file = ""]) => ({ kind: "patch", file }) },
  {
    pattern: /^call ([^\s@]+)(?:@(\S+))? (.+)$/s,
    make: ([, name = "", space, json = "{}"]) => call(name, space, json),
  },
  {
    pattern: /^question(?: (.+))?$/,
    make: ([, text]) => call("request_user_input", undefined, questionArguments(text ?? "Which database?")),
  },
  { pattern: /^plan$/, make: () => ({ kind: "plan", text: "# Plan\n- step one\n- step two\n" }) },
  { pattern: /^limit$/, make: () => ({ kind: "limit" }) },
  { pattern: /^ratehdr$/, make: () => ({ kind: "rate_headers" }) },
  { pattern: /^rate$/, make: () => ({ kind: "rate" }) },
  { pattern: /^http (\d{3})$/, make: ([, status]) => ({ kind: "http", status: Number(status) }) },
  { pattern: /^drop$/, make: () => ({ kind: "drop" }) },
  { pattern: /^hang$/, make: () => ({ kind: "hang" }) },
  { pattern: /^hold (\S+)$/, make: ([, gate = ""]) => ({ kind: "hold", gate }) },
  { pattern: /^failed ([a-z_]+)$/, make: ([, code = ""]) => ({ kind: "failed", code }) },
];

/** Read one step. An unknown one becomes a `say` that names it, so that a typo shows up in the test. */
export function parseModelStep(source: string): ModelStep {
  const text = source.trim();
  for (const form of FORMS) {
    const match = form.pattern.exec(text);
    if (match !== null) return form.make(match);
  }
  return { kind: "say", text: `I do not know the step "${text}".`, after_ms: 0 };
}

/** The steps of a text's `do:` lines in order; null when it has none. */
export function parseModelScript(text: string): ModelStep[] | null {
  const lines = [...text.matchAll(/^[ \t]*do:[ \t]*(.+)$/gm)].map((match) => match[1] ?? "");
  if (lines.length === 0) return null;
  return lines.flatMap((line) => line.split(" | ")).map(parseModelStep);
}
