import type { Serving } from "../serving.ts";
import { eventStreamRoutes } from "./event-stream.ts";
import { type Metrics, metricsRoutes } from "./metrics.ts";
import { openApiRoutes } from "./openapi.ts";
import { restRoutes } from "./rest.ts";
import type { CallScope, HttpRoute } from "./route.ts";
import { schemaRoutes } from "./schema.ts";

/** The addresses for scripts and monitors: plain calls and their description, the event stream, figures (spec 10 §10.7). */
export function endRoutes(serving: Serving, scope: CallScope, metrics: Metrics): HttpRoute[] {
  return [
    ...restRoutes(serving, scope),
    ...openApiRoutes(),
    ...schemaRoutes(),
    ...eventStreamRoutes(serving, scope),
    ...metricsRoutes(metrics),
  ];
}
