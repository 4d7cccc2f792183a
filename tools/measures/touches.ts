import { existsSync } from "node:fs";
import { join } from "node:path";

/** What somebody adds to the house, and the files that are touched by hand for it, beside tests and generated pages. */
export interface Touches {
  what: string;
  /** How many it should be at most (issue 10). */
  target: number;
  /** The files at commit 2d2a927, as its CONTRIBUTING and its hand lists had it; words where no list says it. */
  before: readonly string[] | string;
  /** The files now, by an example that exists: what is added is a neighbour of it or a part of it. */
  now: readonly string[];
  /** Touched only where the generic form is not good enough. */
  text?: readonly string[];
}

const BASE_OPERATION = [
  ...["packages/contracts/src/inbox.ts", "packages/contracts/src/registry.ts"],
  ...["packages/core/src/inbox/release.ts", "packages/core/src/inbox/index.ts", "packages/router/src/inbox.ts"],
  ...["apps/cli/src/commands/inbox-release.ts", "apps/cli/src/commands/index.ts"],
  ...["e2e/coverage/inventory.ts", "e2e/scenarios/every-command.test.ts"],
];

/** The changes of issue 10. A test holds every file of today to exist. */
export const TOUCHES: readonly Touches[] = [
  {
    what: "(a) a flag of `bind`",
    target: 2,
    before: ["packages/contracts/src/bindings.ts", "packages/core/src/bindings/bind.ts"],
    now: ["packages/contracts/src/bindings/bind.ts", "packages/core/src/bindings/bind.ts"],
  },
  {
    what: "(b) an operation in an area",
    target: 3,
    before: BASE_OPERATION,
    now: [
      ...["packages/contracts/src/inbox/release.ts", "packages/core/src/inbox/release.ts"],
      "packages/router/src/inbox.ts",
    ],
    text: ["apps/cli/src/inbox/release.ts"],
  },
  {
    what: "(c) an area with its first operation",
    target: 4,
    before: [
      ...BASE_OPERATION,
      ...["apps/cli/src/areas.ts", "packages/router/src/app-router.ts", "packages/contracts/src/index.ts"],
    ],
    now: [
      ...["packages/contracts/src/decisions/area.ts", "packages/contracts/src/decisions/record.ts"],
      ...["packages/core/src/decisions/record.ts", "packages/router/src/decisions.ts"],
    ],
  },
  {
    what: "(d) a finish gate",
    target: 2,
    before: [
      ...["packages/contracts/src/tasks.ts", "packages/contracts/src/closing.ts"],
      ...["packages/core/src/tasks/close/snapshot.ts", "packages/core/src/tasks/close/gates.ts"],
    ],
    // The snapshot is touched as well where a gate looks at what no other looks at.
    now: [
      ...["packages/contracts/src/tasks/finish.ts", "packages/contracts/src/tasks/closing.ts"],
      ...["packages/contracts/src/events/tasks.ts", "packages/core/src/tasks/close/gates.ts"],
    ],
  },
  {
    what: "(e) an error code",
    target: 1,
    before: ["packages/contracts/src/errors.ts", "tools/docs/error-codes.ts"],
    now: ["packages/contracts/src/refusals.ts"],
  },
  {
    what: "(f) an event",
    target: 1,
    before: "0: declared nowhere",
    now: ["packages/contracts/src/events/tasks.ts"],
  },
  {
    what: "(g) a stream",
    target: 3,
    before: BASE_OPERATION.map((file) => file.replace("inbox/release.ts", "inbox/follow-inbox.ts")).filter(
      // The command was there, another form of it was added.
      (file) => !/^apps|^e2e/.test(file),
    ),
    now: [
      ...["packages/contracts/src/inbox/on-item.ts", "packages/core/src/inbox/on-item.ts"],
      "packages/router/src/inbox.ts",
    ],
  },
  {
    what: "(h) a second kind of agent",
    target: 1,
    before: "a folder, and the files of core that name codex",
    now: ["packages/host/src/agents/codex", "packages/host/src/agents/kinds.ts"],
  },
];

/** The files that are said to be touched now and are not there. */
export function missingTouches(root: string): string[] {
  return TOUCHES.flatMap(({ what, now, text = [] }) =>
    [...now, ...text].filter((file) => !existsSync(join(root, file))).map((file) => `${what}: ${file}`),
  );
}
