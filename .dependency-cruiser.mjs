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
  sdk: ["contracts", "files", "router", "core", "host"],
  server: ["contracts", "files", "core", "router", "sdk", "host"],
  cli: ["contracts", "sdk", "server", "router", "core"],
  web: ["contracts", "router", "sdk"],
};

const folderOf = (layer) => (["server", "cli", "web"].includes(layer) ? `apps/${layer}` : `packages/${layer}`);

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `${layer}-imports-downwards`,
  comment: `${layer} may import ${allowed.join(", ") || "no other layer"}`,
  severity: "error",
  from: { path: `^${folderOf(layer)}/`, pathNot: "\\.test\\.ts$|/testing/" },
  to: { path: "^(packages|apps)/", pathNot: `^(${[layer, ...allowed].map(folderOf).join("|")})/` },
}));

export default {
  forbidden: [
    ...layerRules,
    {
      name: "through-the-front-door",
      comment: "a package is used through its exports, never through its inside",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/", pathNot: "\\.test\\.ts$|/testing/" },
      to: {
        path: "^(packages|apps)/[^/]+/src/.+",
        pathNot: [
          "^(packages|apps)/$2/",
          "^(packages|apps)/[^/]+/src/(index|errors|link|main)\\.ts$",
          "^packages/contracts/src/",
          "^packages/core/src/[^/]+/[^/]+\\.ts$",
          "^packages/sdk/src/(link|ledger-path|discovery)",
        ],
      },
    },
    {
      name: "areas-have-insides",
      comment:
        "files at the top of an area of core may be used by other areas; what lies in its sub-folders is its own",
      severity: "error",
      from: { path: "^packages/core/src/([^/]+)/", pathNot: "\\.test\\.ts$|/testing/" },
      to: {
        path: "^packages/core/src/[^/]+/[^/]+/.+",
        pathNot: ["^packages/core/src/$1/", "^packages/core/src/shared/"],
      },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
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
