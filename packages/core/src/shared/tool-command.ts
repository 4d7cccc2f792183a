/** A tool of a manager config with the command that it runs: `tests=npm test`. */
export const TOOL_WITH_COMMAND = /^([A-Za-z0-9_.-]+)=(.+)$/s;
