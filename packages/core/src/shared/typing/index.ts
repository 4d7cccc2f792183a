export { type Author, attributed } from "./author.ts";
export { type RecordedTerminal, startedTarget, typingTarget } from "./terminal.ts";
export {
  type InputPlace,
  type TextForAgent,
  type TypedText,
  textForAgent,
  typeCommand,
  typeText,
} from "./type-text.ts";
