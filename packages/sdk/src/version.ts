export { VERSION } from "@conveyor/contracts/version";
