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
      path: path.slice("wasm-file:".length),
      namespace: "wasm-file",
    }));
    build.onLoad({ filter: /.*/, namespace: "wasm-file" }, async ({ path }) => {
      const { wasm } = (await import(path)) as { wasm: string };
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
 * What the command line loads lazily from its own sources is small, and every file of its own costs a start more than
 * it saves. So these modules go into the entry, still evaluated only when they are asked for; the heavy packages stay
 * files of their own.
 */
export const smallImportsInline: Plugin = {
  name: "small-imports-inline",
  setup(build) {
    build.onLoad({ filter: /\/apps\/cli\/src\/.*\.ts$/, namespace: "file" }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const lazily = 'Promise.resolve().then(() => require("$1"))';
      const contents = source.replace(/\bimport\("(\.[^"]+|@conveyor\/sdk\/link)"\)/g, lazily);
      return contents === source ? undefined : { loader: "ts", contents };
    });
  },
};
