import { fromBackend } from "@/lib/backend";

export const dynamic = "force-dynamic";

/** The caches of the app, from the backend. */
export function GET(request: Request): Promise<Response> {
  return fromBackend(request, "/cache/stats");
}
