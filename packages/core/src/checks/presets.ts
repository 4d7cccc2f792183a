/** A check that a project of some kind is likely to have. */
export interface SuggestedCheck {
  name: string;
  argv: string[];
  guards: string[];
}

interface Preset {
  /** The file at the project's root that says what the project is. */
  file: string;
  /** Files that say what the checks themselves do. */
  guards: readonly string[];
  /** What the file's text gives reason to propose; a text that makes no sense gives none. */
  checks: (text: string, has: (path: string) => boolean) => readonly { name: string; argv: readonly string[] }[];
}

/** Scripts that check something, by the names that people give them. */
const SCRIPTS = ["test", "lint", "typecheck", "check-types", "check", "build"] as const;
const TARGETS = ["test", "check", "lint"] as const;

/** One row for each way in which projects say how they are checked (spec 09 §9.4, presets). */
export const PRESETS: readonly Preset[] = [
  {
    file: "package.json",
    guards: ["package.json", "**/*.test.*", "**/*.spec.*", "**/test/**", "**/tests/**", "**/__tests__/**"],
    checks: (text, has) => {
      const manager = has("pnpm-lock.yaml") ? "pnpm" : has("yarn.lock") ? "yarn" : has("bun.lock") ? "bun" : "npm";
      const scripts = scriptsIn(text);
      return SCRIPTS.filter((name) => scripts.has(name)).map((name) => ({ name, argv: [manager, "run", name] }));
    },
  },
  {
    file: "Makefile",
    guards: ["Makefile", "test/**", "tests/**"],
    checks: (text) =>
      TARGETS.filter((name) => new RegExp(`^${name}[ \\t]*:(?!=)`, "m").test(text)).map((name) => ({
        name: `make-${name}`,
        argv: ["make", name],
      })),
  },
  {
    file: "pyproject.toml",
    guards: ["pyproject.toml", "tests/**", "**/test_*.py", "**/*_test.py", "**/conftest.py"],
    checks: (text) => [
      ...(/pytest/.test(text) ? [{ name: "pytest", argv: ["python3", "-m", "pytest", "-q"] }] : []),
      ...(/\[tool\.ruff/.test(text) ? [{ name: "ruff", argv: ["ruff", "check", "."] }] : []),
      ...(/\[tool\.mypy/.test(text) ? [{ name: "mypy", argv: ["mypy", "."] }] : []),
    ],
  },
  {
    file: "Cargo.toml",
    guards: ["Cargo.toml", "tests/**", "**/tests/**"],
    checks: () => [
      { name: "cargo-test", argv: ["cargo", "test", "--offline"] },
      { name: "clippy", argv: ["cargo", "clippy", "--offline", "--", "-D", "warnings"] },
    ],
  },
  {
    file: "go.mod",
    guards: ["go.mod", "**/*_test.go", "**/testdata/**"],
    checks: () => [
      { name: "go-test", argv: ["go", "test", "./..."] },
      { name: "go-vet", argv: ["go", "vet", "./..."] },
    ],
  },
];

/** Where what the servers check is written down: it guards every check. */
const WORKFLOWS = [".github/workflows/**", ".gitlab-ci.yml"];

/** What a preset proposes for a project with this text in its file. Pure. */
export function suggestionsOf(
  { guards, checks }: Preset,
  text: string,
  has: (path: string) => boolean,
): SuggestedCheck[] {
  const workflows = WORKFLOWS.filter((path) => has(path.replace("/**", "")));
  return checks(text, has).map(({ name, argv }) => ({ name, argv: [...argv], guards: [...guards, ...workflows] }));
}

function scriptsIn(text: string): Set<string> {
  try {
    const { scripts } = JSON.parse(text) as { scripts?: unknown };
    return new Set(typeof scripts === "object" && scripts !== null ? Object.keys(scripts) : []);
  } catch {
    return new Set();
  }
}
