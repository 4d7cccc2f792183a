import { build } from "esbuild";
import { expect, it } from "vitest";

it("the way over a socket loads no schema, no database, no HTTP and no WebSocket", async () => {
  const { metafile } = await build({
    entryPoints: [new URL("./link.ts", import.meta.url).pathname],
    bundle: true,
    splitting: true,
    write: false,
    outdir: "out",
    platform: "node",
    format: "esm",
    external: ["better-sqlite3"],
    metafile: true,
  });
  const entry = Object.entries(metafile.outputs).find(([path]) => path.endsWith("out/link.js"));
  const eager = new Set<string>();
  const visit = (path: string) => {
    if (eager.has(path)) return;
    eager.add(path);
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === "import-statement") visit(next);
  };
  visit(entry?.[0] ?? "");
  const inputs = [...eager].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
  expect(inputs.some((path) => path.endsWith("socket-connection.ts"))).toBe(true);
  expect(
    inputs.filter((path) => /node_modules\/(zod|ws|@prisma)\/|packages\/(router|core|store|host)\//.test(path)),
  ).toEqual([]);
  expect([...eager].filter((path) => /^(node:)?(https?|undici|better-sqlite3|crypto)$/.test(path))).toEqual([]);
});
