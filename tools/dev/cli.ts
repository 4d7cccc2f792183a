import { writeManifest } from "../cli/manifest.ts";
import { generate } from "../prisma/generate.ts";
import { devPlace } from "./place.ts";

// The command line from the sources, on the ledger of `pnpm dev` unless another is named.
await generate();
writeManifest();
process.env["CONVEYOR_STATE_ROOT"] ||= devPlace().state_root;
await import("../../apps/cli/src/main.ts");
