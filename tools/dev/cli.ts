import { writeRegistry } from "../contracts/registry.ts";
import { generate } from "../prisma/generate.ts";
import { devPlace } from "./place.ts";

// The command line from the sources, on the ledger of `pnpm dev` unless another is named.
writeRegistry();
await generate();
// Reads the contracts, which take in the registry.
(await import("../cli/manifest.ts")).writeManifest();
process.env["CONVEYOR_STATE_ROOT"] ||= devPlace().state_root;
await import("../../apps/cli/src/main.ts");
