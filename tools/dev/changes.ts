/** What a changed file asks for: nothing, a new server, or the generators and then a new server. */
export type Consequence = "none" | "restart" | "generate";

/** What the server is made of, relative to the repository; the page has a watcher of its own. */
export const WATCHED = ["packages", "apps/server/src", "prisma", "tools/cli", "tools/prisma"] as const;

/** From these the generators write modules: the ledger's client and migrations, the description of the commands. */
const GENERATED_FROM = /^(packages\/contracts\/|prisma\/|tools\/)/;
/** Written by tools, or no part of the program. */
const NO_PART = /(^|\/)(node_modules|generated|dist|fixtures|testing)(\/|$)|\.test\.tsx?$/;
const SOURCE = /\.(tsx?|sql|prisma)$/;

/** What has to be done when this file, relative to the repository, was changed. Pure. */
export function consequenceOf(path: string): Consequence {
  if (!SOURCE.test(path) || NO_PART.test(path)) return "none";
  if (GENERATED_FROM.test(path)) return "generate";
  return "restart";
}

/** The stronger of two consequences, for several files that change at once. */
export function stronger(one: Consequence, other: Consequence): Consequence {
  const order: readonly Consequence[] = ["none", "restart", "generate"];
  return order.indexOf(one) > order.indexOf(other) ? one : other;
}
