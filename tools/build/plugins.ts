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
 * its name, and its exports have a member per pattern. It is loaded when the import runs. Only imports of modules whose
 * path matches `importers` are left to it; default: of all.
 */
export function apart(parts: Readonly<Record<string, RegExp>>, bundle: string, importers: RegExp = /(?:)/): Plugin {
  return {
    name: "apart",
    setup(build) {
      // A namespace of its own, for a build may leave things to several files.
      const namespace = `apart-${bundle}`;
      for (const [part, filter] of Object.entries(parts)) {
        build.onResolve({ filter }, ({ kind, importer }) =>
          kind === "dynamic-import" && importers.test(importer)
            ? { path: part, namespace, sideEffects: false }
            : undefined,
        );
      }
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        loader: "js",
        contents: `module.exports = require("./${bundle}")[${JSON.stringify(path)}];`,
      }));
      build.onResolve({ filter: /^\.\//, namespace }, ({ path }) => ({ path, external: true }));
    },
  };
}

/**
 * Have these modules of Node loaded when one of their functions is first called, not when a module that names one is: a
 * short command names cryptography and child processes and uses neither. What is no plain function of them cannot be
 * imported by name in what is built; the build says so.
 */
export function builtinsOnDemand(modules: readonly string[]): Plugin {
  return {
    name: "builtins-on-demand",
    setup(build) {
      for (const module of modules) {
        const names = Object.entries(process.getBuiltinModule(module) as object)
          .filter(([name, member]) => typeof member === "function" && /^[a-z]/.test(name))
          .map(([name]) => name);
        build.onResolve({ filter: new RegExp(`^${module}$`) }, ({ kind }) =>
          kind === "import-statement" ? { path: module, namespace: "on-demand", sideEffects: false } : undefined,
        );
        build.onLoad({ filter: new RegExp(`^${module}$`), namespace: "on-demand" }, () => ({
          loader: "js",
          contents: names
            .map(
              (name) => `export const ${name} = (...given) => process.getBuiltinModule("${module}").${name}(...given);`,
            )
            .join("\n"),
        }));
      }
    },
  };
}

/** Where Node would find the package, without reading its package.json and all that this takes. */
const PACKAGE_FOLDER = `
function packageFolder() {
  for (let at = __dirname; at !== path.dirname(at); at = path.dirname(at)) {
    const folder = path.join(at, "node_modules/better-sqlite3/lib");
    if (fs.existsSync(folder)) return folder;
  }
  return path.dirname(require.resolve("better-sqlite3"));
}`;

/**
 * better-sqlite3 is a dozen small files and a native module. Its files become part of the bundle, since Node takes longer to
 * find each than to run it; the native module stays where it was installed.
 */
export const sqliteInBundle: Plugin = {
  name: "sqlite-in-bundle",
  setup(build) {
    build.onResolve({ filter: /^better-sqlite3$/ }, ({ kind }) =>
      kind === "require-resolve" ? { path: "better-sqlite3", external: true } : undefined,
    );
    build.onLoad({ filter: /\/better-sqlite3\/lib\/binding\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replaceAll("__dirname", "packageFolder()");
      if (contents === source) throw new Error(`${path} looks for its native module in another way than it did`);
      return { loader: "js", contents: contents + PACKAGE_FOLDER };
    });
  },
};
