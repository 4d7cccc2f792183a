import type { IconName } from "../parts/icon.tsx";

/** Where one can go, in the order of the rail. */
export const PLACES = [
  { to: "/", icon: "home", word: "Home" },
  { to: "/tasks", icon: "tasks", word: "Tasks" },
  { to: "/sessions", icon: "sessions", word: "Sessions" },
  { to: "/messages", icon: "messages", word: "Messages" },
  { to: "/campaigns", icon: "campaigns", word: "Campaigns" },
  { to: "/terminals", icon: "terminal", word: "Terminals" },
  { to: "/replay", icon: "replay", word: "Replay" },
  { to: "/about", icon: "about", word: "About" },
] as const satisfies readonly { to: string; icon: IconName; word: string }[];
