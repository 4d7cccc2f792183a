import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { operationTypes } from "./operations.ts";

const require = createRequire(import.meta.url);

/**
 * Write the SDK's types as one file that imports nothing: the declarations of packages/sdk, with what they take from the
 * contracts spelled out. Throws with the compiler's or bundler's words when they need anything else.
 */
export async function bundleTypes(root: string, file: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "conveyor-types-"));
  try {
    declareSdk(root, work);
    const operations = join(work, "operations.d.ts");
    writeFileSync(operations, await operationTypes());
    pointImports(join(work, "packages/sdk/src"), {
      "@conveyor/contracts": operations,
      "@conveyor/contracts/errors": join(work, "packages/contracts/src/errors.d.ts"),
      "@conveyor/contracts/env": join(work, "packages/contracts/src/env.d.ts"),
    });
    const entry = join(work, "sdk.d.ts");
    writeFileSync(entry, 'export * from "./packages/sdk/src/index.d.ts";\nexport type * from "./operations.d.ts";\n');
    const code = `/// <reference lib="esnext.disposable" />\n${await bundled(entry)}`;
    const foreign = /(?:from|import) ?\(?"([^"]+)"/.exec(code);
    if (foreign) throw new Error(`the SDK's types import ${foreign[1]}, which its users do not have`);
    writeFileSync(file, code);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The compiler's declarations of the SDK and of the errors, below `outDir` as they lie below `root`. */
function declareSdk(root: string, outDir: string): void {
  const config = join(outDir, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rewriteRelativeImportExtensions: true,
    rootDir: root,
    outDir,
    typeRoots: [join(root, "node_modules/@types")],
  };
  const files = ["packages/sdk/src/index.ts", "packages/contracts/src/errors.ts", "packages/contracts/src/env.ts"].map(
    (name) => join(root, name),
  );
  writeFileSync(config, JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, files }));
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", config], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the SDK's declarations: ${stdout}${stderr}`);
}

/** The compiler leaves specifiers as they are in the sources; here they name the declarations beside them. */
function pointImports(folder: string, packages: Record<string, string>): void {
  for (const name of globSync("**/*.d.ts", { cwd: folder })) {
    const file = join(folder, name);
    const source = readFileSync(file, "utf8");
    const pointed = source.replace(/"(\.[^"]+)\.ts"|"(@conveyor\/[^"]+)"/g, (whole, own?: string, other?: string) => {
      if (own !== undefined) return `"${own}.d.ts"`;
      const target = packages[other ?? ""];
      return target === undefined ? whole : `"./${relative(dirname(file), target)}"`;
    });
    writeFileSync(file, pointed);
  }
}

async function bundled(input: string): Promise<string> {
  const bundle = await rolldown({
    input: { sdk: input },
    platform: "node",
    external: /^(node:|@)/,
    treeshake: { moduleSideEffects: false },
    plugins: [dts({ dtsOnly: true, generator: "oxc", tsconfig: false })],
    onLog(_level, { message }) {
      throw new Error(`the SDK's types: ${message}`);
    },
  });
  const { output } = await bundle.generate({ format: "es" });
  return output[0].code;
}
