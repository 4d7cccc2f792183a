// The command line from the sources, as a file that Node runs as it is: what it starts of itself is run by this file too.
import { register } from "tsx/esm/api";

register();
await import("./cli.ts");
