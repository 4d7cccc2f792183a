export { VERSION } from "@conveyor/sdk/link";
