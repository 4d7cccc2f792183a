/** What a state means to a person who glances at it. */
export type Tone = "good" | "warn" | "bad" | "busy" | "doubt" | "mute";
