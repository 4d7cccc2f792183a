import { join } from "node:path";
import { writeManifest } from "../cli/manifest.ts";
import { generate } from "../prisma/generate.ts";
import { devPlace, repository } from "./place.ts";

// The command line from the sources, on the ledger of `pnpm dev` unless another is named.
await generate();
writeManifest();
process.env["CONVEYOR_STATE_ROOT"] ||= devPlace().state_root;
const main = join(repository, "apps/cli/src/main.ts");
process.argv[1] = main;
await import(main);
