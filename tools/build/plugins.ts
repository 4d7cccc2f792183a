import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Prisma inlines its query compiler as four megabytes of base64 inside a module, which costs every embedded start the
 * parsing and decoding of that text. Here the same bytes lie beside the bundle and are read as they are.
 */
export const wasmBesideBundle: Plugin = {
  name: "wasm-beside-bundle",
  setup(build) {
    build.onLoad({ filter: /query_compiler_\w+\.sqlite\.wasm-base64\.m?js$/, namespace: "file" }, async ({ path }) => {
      const { wasm } = (await import(path)) as { wasm: string };
      const binary = Buffer.from(wasm, "base64");
      if (binary.subarray(0, 4).toString("latin1") !== "\0asm") throw new Error(`${path} holds no WebAssembly`);
      return {
        loader: "js",
        resolveDir: dirname(path),
        contents: `import { readFileSync } from "node:fs";
import file from "wasm-file:${path}";
export const wasm = readFileSync(new URL(file, import.meta.url));`,
      };
    });
    build.onResolve({ filter: /^wasm-file:/ }, ({ path }) => ({
      path: path.slice("wasm-file:".length).replace(/-base64\.m?js$/, ""),
      namespace: "wasm-file",
      pluginData: path.slice("wasm-file:".length),
    }));
    build.onLoad({ filter: /.*/, namespace: "wasm-file" }, async ({ pluginData }) => {
      const { wasm } = (await import(pluginData)) as { wasm: string };
      return { loader: "file", contents: Buffer.from(wasm, "base64") };
    });
  },
};

/**
 * `import { z } from "zod"` hands over an object with everything in it, so that a bundler keeps all languages and all
 * types of zod. The same module imported as a namespace lets it leave out what nobody uses.
 */
export const zodAsNamespace: Plugin = {
  name: "zod-as-namespace",
  setup(build) {
    build.onLoad({ filter: /\/packages\/[a-z]+\/src\/.*\.ts$/, namespace: "file" }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replace(/^import \{ z \} from "zod";$/m, 'import * as z from "zod";');
      return contents === source ? undefined : { loader: "ts", contents };
    });
  },
};

/**
 * Leave what is imported with `import("…")` and matches one of these patterns to another file of the program: `bundle` is
 * its name, and its exports have a member per pattern. It is loaded when the import runs.
 */
export function apart(parts: Readonly<Record<string, RegExp>>, bundle: string): Plugin {
  return {
    name: "apart",
    setup(build) {
      for (const [part, filter] of Object.entries(parts)) {
        build.onResolve({ filter }, ({ kind }) =>
          kind === "dynamic-import" ? { path: part, namespace: "apart", sideEffects: false } : undefined,
        );
      }
      build.onLoad({ filter: /.*/, namespace: "apart" }, ({ path }) => ({
        loader: "js",
        contents: `module.exports = require("./${bundle}")[${JSON.stringify(path)}];`,
      }));
      build.onResolve({ filter: /^\.\//, namespace: "apart" }, ({ path }) => ({ path, external: true }));
    },
  };
}
