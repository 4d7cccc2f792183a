/**
 * The house's import directions (docs/architecture.md, "Who may import whom"). Each row: the layer, and what it may
 * import besides itself and npm packages. Everything else is an error.
 */
const LAYERS = {
  contracts: [],
  files: ["contracts"],
  store: ["contracts", "files"],
  host: ["contracts", "files"],
  core: ["contracts", "files", "store", "host"],
  router: ["contracts", "core"],
  sdk: ["contracts", "files"],
  server: ["contracts", "files", "core", "router", "sdk", "host"],
  cli: ["contracts", "sdk"],
  web: ["contracts"],
};

/** The single files that reach further than their layer, where to, and why. What they open is loaded when it is needed. */
const DOORS = [
  {
    layer: "cli",
    file: "apps/cli/src/system/(?:serve|dashboard)\\.ts",
    to: "server",
    because: "`conveyor serve` and `conveyor dashboard` run the server in this process",
  },
  {
    layer: "sdk",
    file: "packages/sdk/src/link/embedded\\.ts",
    to: "router",
    because: "without a server the router runs in the caller's process",
  },
];

/** Whose types a layer may name beside those that it may import: they leave nothing behind in the program. */
const TYPES_OF = { sdk: ["router"] };

/** Modules of contracts without zod, whose values the page may use; of all others it may use the types only. */
const WITHOUT_ZOD = ["agent-phases", "nearest", "plural", "shell-quote", "terminal-commands"];

/**
 * The floors of `packages/core/src/dispatch`, lowest first, and what each may import of the others
 * (docs/architecture.md, "How a message travels"). Files at the top of the area stand above all of them, but for
 * `liveness.ts`, which other areas ask too.
 */
const DISPATCH_FLOORS = {
  "liveness.ts": [],
  delivery: [],
  push: ["delivery"],
  completions: ["delivery", "push"],
  pass: ["delivery", "push", "completions"],
  watch: ["delivery", "pass", "liveness.ts"],
  status: ["liveness.ts"],
  queue: ["delivery", "pass"],
  log: [],
};

const folderOf = (layer) => (["server", "cli", "web"].includes(layer) ? `apps/${layer}` : `packages/${layer}`);

const withoutTests = "\\.test\\.ts$|/testing/";
const anyOf = (layers) => `^(${layers.map(folderOf).join("|")})/`;

const layerRules = Object.entries(LAYERS).flatMap(([layer, allowed]) => {
  const doors = DOORS.filter((door) => door.layer === layer);
  const own = [layer, ...allowed];
  const types = TYPES_OF[layer] ?? [];
  const isNot = (layers) => ({ path: "^(packages|apps)/", pathNot: anyOf(layers) });
  return [
    {
      name: `${layer}-imports-downwards`,
      comment: `${layer} may import ${allowed.join(", ") || "no other layer"}`,
      severity: "error",
      from: { path: `^${folderOf(layer)}/`, pathNot: [withoutTests, ...doors.map(({ file }) => `^${file}$`)] },
      to: isNot([...own, ...types]),
    },
    ...types.map((other) => ({
      name: `${layer}-names-types-of-${other}`,
      comment: `${layer} may import nothing but types of ${other}`,
      severity: "error",
      from: { path: `^${folderOf(layer)}/`, pathNot: [withoutTests, ...doors.map(({ file }) => `^${file}$`)] },
      to: { path: anyOf([other]), dependencyTypesNot: ["type-only"] },
    })),
    ...doors.map(({ file, to, because }) => ({
      name: `${layer}-door-to-${to}`,
      comment: because,
      severity: "error",
      from: { path: `^${file}$` },
      to: isNot([...own, to]),
    })),
  ];
});

const DISPATCH = "packages/core/src/dispatch";
const placeOf = (floor) => (floor.endsWith(".ts") ? `${floor.replace(".", "\\.")}$` : `${floor}/`);

const dispatchRules = Object.entries(DISPATCH_FLOORS).map(([floor, below]) => ({
  name: `dispatch-${floor}-imports-downwards`,
  comment: `dispatch/${floor} may import ${below.map((name) => `dispatch/${name}`).join(", ") || "nothing else of dispatch"}`,
  severity: "error",
  from: { path: `^${DISPATCH}/${placeOf(floor)}`, pathNot: "\\.test\\.ts$" },
  to: { path: `^${DISPATCH}/`, pathNot: `^${DISPATCH}/(${[floor, ...below].map(placeOf).join("|")})` },
}));

export default {
  forbidden: [
    ...layerRules,
    ...dispatchRules,
    {
      name: "server-is-loaded-when-it-is-served",
      comment: "commands start without the server; `conveyor serve` loads it",
      severity: "error",
      from: { path: "^apps/cli/", pathNot: withoutTests },
      to: { path: anyOf(["server"]), dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "router-is-loaded-when-nobody-serves",
      comment: "the thin path does without the router: the embedded link is loaded when it is needed",
      severity: "error",
      from: { path: "^packages/sdk/", pathNot: withoutTests },
      to: { path: "^packages/sdk/src/link/embedded\\.ts$", dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "page-takes-types",
      comment: "the page is small: of contracts it uses types, and values of modules without zod",
      severity: "error",
      from: { path: "^apps/web/", pathNot: withoutTests },
      to: {
        path: anyOf(["contracts"]),
        pathNot: `^packages/contracts/src/(${WITHOUT_ZOD.join("|")})\\.ts$`,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "through-the-front-door",
      comment: "a package is used through its exports, never through its inside",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/", pathNot: withoutTests },
      to: {
        path: "^(packages|apps)/[^/]+/src/.+",
        pathNot: [
          "^(packages|apps)/$2/",
          "^(packages|apps)/[^/]+/src/(index|errors|link|main)\\.ts$",
          "^packages/contracts/src/",
          "^packages/core/src/[^/]+/[^/]+\\.ts$",
          "^packages/sdk/src/(link|files|ledger-path|discovery)",
        ],
      },
    },
    {
      name: "areas-have-insides",
      comment:
        "files at the top of an area of core may be used by other areas; what lies in its sub-folders is its own",
      severity: "error",
      from: { path: "^packages/core/src/([^/]+)/", pathNot: withoutTests },
      to: {
        path: "^packages/core/src/[^/]+/[^/]+/.+",
        pathNot: ["^packages/core/src/$1/", "^packages/core/src/shared/"],
      },
    },
    {
      name: "kinds-of-agents-are-a-table",
      comment: "what is particular to a kind of agent lies in its folder, and only the table of kinds opens that",
      severity: "error",
      from: {
        path: "^packages/host/src/",
        pathNot: ["^packages/host/src/agents/[^/]+/", "^packages/host/src/agents/(kinds|agents)\\.ts$", withoutTests],
      },
      to: { path: "^packages/host/src/agents/[^/]+/" },
    },
    {
      name: "a-kind-of-agent-keeps-to-itself",
      severity: "error",
      from: { path: "^packages/host/src/agents/([^/]+)/", pathNot: withoutTests },
      to: { path: "^packages/host/src/agents/[^/]+/", pathNot: "^packages/host/src/agents/$1/" },
    },
    {
      name: "no-cycles",
      comment: "no file reaches itself through its imports, those of types included",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "raw-sqlite-only-in-store",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: "^packages/store/|\\.test\\.ts$" },
      to: { path: "better-sqlite3|@prisma" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|generated" },
    exclude: { path: "/dist/|/generated/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
    extraExtensionsToScan: [],
  },
};
