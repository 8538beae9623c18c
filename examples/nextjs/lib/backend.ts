/** Asks the Python backend for a browser, and passes its answer on. The routes below app/api are one line each. */

import { ConfigurationError, configuration } from "./configuration";
import type { paths } from "./perftrack";
import { isProblem, problem } from "./problem";

const ADMIN_PREFIX = "/admin/performance";

/** The backend answered with something that is no answer of its contract. */
class UnexpectedAnswer extends Error {}

/**
 * Answer `request` with what the backend says under `path`.
 *
 * Of the client's request only the Authorization header goes on. Nothing is cached, and the wait is bounded.
 */
export async function fromBackend(request: Request, path: keyof paths): Promise<Response> {
  try {
    return await passedOn(await ask(request, path));
  } catch (error) {
    return explained(error);
  }
}

async function ask(request: Request, path: keyof paths): Promise<Response> {
  const { address, timeoutMs } = configuration();
  const headers = new Headers({ accept: "application/json" });
  const authorization = request.headers.get("authorization");
  if (authorization !== null) headers.set("authorization", authorization);
  return fetch(`${address}${ADMIN_PREFIX}${path}`, {
    headers,
    cache: "no-store",
    redirect: "manual", // whoever answers elsewhere shall not get the token
    signal: AbortSignal.timeout(timeoutMs),
  });
}

async function passedOn(answer: Response): Promise<Response> {
  const text = await answer.text();
  if (answer.status === 200 && isObject(parsed(text))) return backendAnswer(200, text);
  if (answer.status !== 401 && answer.status !== 403) throw new UnexpectedAnswer(`status ${answer.status}`);
  const refusal = parsed(text);
  const body = isProblem(refusal) ? refusal : problem(answer.status, "The backend refused the request.");
  return backendAnswer(answer.status, JSON.stringify(body), answer.headers.get("www-authenticate"));
}

function backendAnswer(status: number, body: string, challenge: string | null = null): Response {
  const response = json(status, body);
  response.headers.set("X-Data-Source", "backend-real");
  if (challenge !== null) response.headers.set("WWW-Authenticate", challenge);
  return response;
}

/** What went wrong goes to the log of this server; the client reads what it means for him. */
function explained(error: unknown): Response {
  const [status, detail] = explanation(error);
  console.error(`perftrack: ${status}: ${cause(error)}`);
  return json(status, JSON.stringify(problem(status, detail)));
}

function explanation(error: unknown): [number, string] {
  if (error instanceof ConfigurationError) return [500, error.message];
  if (error instanceof UnexpectedAnswer) return [502, `The backend gave no answer of the admin API: ${error.message}.`];
  if (error instanceof Error && error.name === "TimeoutError") return [504, "The backend did not answer in time."];
  return [502, "The backend cannot be reached."];
}

function cause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = error.cause instanceof Error && "code" in error.cause ? ` (${String(error.cause.code)})` : "";
  return `${error.message}${code}`;
}

function json(status: number, body: string): Response {
  return new Response(body, {
    status,
    headers: {
      "Content-Type": status === 200 ? "application/json" : "application/problem+json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
