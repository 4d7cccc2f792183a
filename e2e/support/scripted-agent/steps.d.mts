export type Step = { name: string } & Record<string, string | number>;
export declare function parseStep(source: string): Step;
export declare function parsePrompt(prompt: string): Step[] | null;
export declare function slashCommand(prompt: string): "clear" | "compact" | "quit" | null;
export declare function isUnrecognized(prompt: string): boolean;
