import { presents } from "../presentation.ts";

/** `tasks --create` (spec 01 §6.7). */
export const create = presents("tasks.create", {
  text: ({ created, name, id, state }) => `${created ? "created" : "already there"}: task ${name} (${id}), ${state}\n`,
});
