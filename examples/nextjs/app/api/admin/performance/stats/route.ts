import { fromBackend } from "@/lib/backend";

export const dynamic = "force-dynamic";

/** Everything that is measured, from the backend. */
export function GET(request: Request): Promise<Response> {
  return fromBackend(request, "/stats");
}
