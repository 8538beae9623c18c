/** What the page asks of the three routes, and how an answer can be. */

import type { components } from "./perftrack";
import { isProblem, problem } from "./problem";

type Schemas = components["schemas"];
export type Stats = Schemas["Stats"];
export type EndpointStats = Schemas["EndpointStats"];
export type SlowQuery = Schemas["SlowQuery"];
export type Health = Schemas["Health"];
export type CacheStats = Schemas["CacheStats"];

export interface Numbers {
  readonly stats: Stats;
  readonly health: Health;
  readonly caches: CacheStats;
}

export type Answer =
  | { readonly kind: "numbers"; readonly numbers: Numbers }
  /** The token is missing, not valid any more, or not good for this. */
  | { readonly kind: "refused"; readonly detail: string }
  /** Something is wrong on the way; the token may well be good. */
  | { readonly kind: "failed"; readonly detail: string };

class Refused extends Error {}

/** Ask all three routes with `token`. */
export async function readNumbers(token: string, signal: AbortSignal): Promise<Answer> {
  try {
    const [stats, health, caches] = await Promise.all([
      read<Stats>("/api/admin/performance/stats", token, signal),
      read<Health>("/api/admin/performance/health", token, signal),
      read<CacheStats>("/api/admin/cache/stats", token, signal),
    ]);
    return { kind: "numbers", numbers: { stats, health, caches } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof Refused ? "refused" : "failed", detail };
  }
}

async function read<Shape>(path: string, token: string, signal: AbortSignal): Promise<Shape> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(path, { headers, cache: "no-store", signal }).catch(() => {
    throw new Error("The front end's own server cannot be reached.");
  });
  const body: unknown = await response.json().catch(() => undefined);
  // The routes pass on nothing but answers of the contract; its types are generated from the backend's own description.
  if (response.ok && body !== undefined) return body as Shape;
  const { detail } = isProblem(body) ? body : problem(response.status, `Unexpected status ${response.status}.`);
  throw response.status === 401 || response.status === 403 ? new Refused(detail) : new Error(detail);
}
