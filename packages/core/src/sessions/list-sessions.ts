import type { InputOf, OutputOf, operations } from "@conveyor/contracts";
import type { Prisma } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { sessionLives } from "./session-life.ts";
import { sessionListItem, withLiveBinding, withoutToken } from "./session-list-item.ts";

type List = (typeof operations)["sessions"]["list"];

/** List sessions in order of first registration, with how to reach them and whether they live (spec 01 §6.6). */
export async function listSessions(ctx: Ctx, input: InputOf<List>): Promise<OutputOf<List>> {
  const rows = await ctx.store.read((tx) =>
    tx.db.sessions.findMany({
      where: {
        ...stateFilter(input),
        role: input.role,
        ...(input.name.length > 0 ? { name: { in: input.name } } : {}),
      },
      orderBy: { seq: "asc" },
      include: withLiveBinding,
    }),
  );
  const lives = await sessionLives(ctx, rows);
  return rows.map((row) => {
    const session = sessionListItem(ctx.settings, row, lives.get(row.id) ?? null);
    return input.redact_identity_token ? withoutToken(session) : session;
  });
}

function stateFilter({ state = "active", include_legacy }: InputOf<List>): Prisma.sessionsWhereInput {
  switch (state) {
    case "all":
      return {};
    case "gone":
      return { state: "gone" };
    case "active":
      return include_legacy ? { state: "active" } : { state: "active", origin: { not: "legacy" } };
  }
}
