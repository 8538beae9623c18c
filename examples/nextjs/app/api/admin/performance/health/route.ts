import { fromBackend } from "@/lib/backend";

export const dynamic = "force-dynamic";

/** The verdict with its reasons, from the backend. */
export function GET(request: Request): Promise<Response> {
  return fromBackend(request, "/health");
}
