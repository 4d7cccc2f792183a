import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { ViewFailed } from "./failed.tsx";
import { NoSuchPage } from "./no-such-page.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage });

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Only what is there: an address holds no empty words. */
function given<const Name extends string>(
  search: Record<string, unknown>,
  ...names: Name[]
): { [Key in Name]?: string } {
  const found = names.flatMap((name) => {
    const value = text(search[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found) as { [Key in Name]?: string };
}

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: (search) => given(search, "task", "campaign", "show"),
  beforeLoad: ({ search: { task, campaign: wanted } }) => {
    if (task === undefined && wanted !== undefined) {
      throw redirect({ to: "/campaigns/$name", params: { name: wanted } });
    }
    if (task !== undefined) throw redirect({ to: "/tasks/$name", params: { name: task } });
  },
  component: lazyRouteComponent(() => import("../views/home.tsx"), "Home"),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: "/tasks",
  validateSearch: (search) => given(search, "q", "state"),
  component: lazyRouteComponent(() => import("../views/tasks.tsx"), "Tasks"),
});

const task = createRoute({
  getParentRoute: () => root,
  path: "/tasks/$name",
  validateSearch: (search) => given(search, "tab", "layout", "who", "kind", "q", "at", "before"),
  component: lazyRouteComponent(() => import("../views/task.tsx"), "TaskView"),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: "/sessions",
  validateSearch: (search) => given(search, "q", "worker", "manager", "task"),
  component: lazyRouteComponent(() => import("../views/sessions.tsx"), "Sessions"),
});

const messages = createRoute({
  getParentRoute: () => root,
  path: "/messages",
  validateSearch: (search) => given(search, "show", "task", "id", "before"),
  component: lazyRouteComponent(() => import("../views/messages.tsx"), "Messages"),
});

const terminals = createRoute({
  getParentRoute: () => root,
  path: "/terminals",
  component: lazyRouteComponent(() => import("../views/terminals.tsx"), "Terminals"),
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/start",
  component: lazyRouteComponent(() => import("../views/start.tsx"), "Start"),
});

const replayIndex = createRoute({
  getParentRoute: () => root,
  path: "/replay",
  component: lazyRouteComponent(() => import("../views/replay.tsx"), "ReplayIndex"),
});

const replay = createRoute({
  getParentRoute: () => root,
  path: "/replay/$name",
  validateSearch: (search) => given(search, "who", "kind", "q", "at", "before"),
  component: lazyRouteComponent(() => import("../views/replay.tsx"), "ReplayView"),
});

const campaigns = createRoute({
  getParentRoute: () => root,
  path: "/campaigns",
  component: lazyRouteComponent(() => import("../views/campaigns.tsx"), "Campaigns"),
});

const campaign = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/$name",
  component: lazyRouteComponent(() => import("../views/campaigns.tsx"), "CampaignView"),
});

const about = createRoute({
  getParentRoute: () => root,
  path: "/about",
  component: lazyRouteComponent(() => import("../views/about.tsx"), "About"),
});

/** Where the page can be. Every filter, tab and open item stands in the address as plain words. */
export const pageRouter = createRouter({
  routeTree: root.addChildren([
    home,
    tasks,
    task,
    sessions,
    messages,
    terminals,
    start,
    replayIndex,
    replay,
    campaigns,
    campaign,
    about,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: ViewFailed,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const words = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    return words.length === 0 ? "" : `?${new URLSearchParams(words)}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof pageRouter;
  }
}
