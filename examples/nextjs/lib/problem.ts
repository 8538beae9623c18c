/** Errors as the backend writes them: RFC 9457 problem details. */

import type { components } from "./perftrack";

export type Problem = components["schemas"]["Problem"];

const TITLES: Record<number, string> = {
  401: "Unauthorized",
  403: "Forbidden",
  500: "Internal Server Error",
  502: "Bad Gateway",
  504: "Gateway Timeout",
};

/** Describe an error. `detail` is a sentence for people; it never holds the text of an exception. */
export function problem(status: number, detail: string): Problem {
  return { type: "about:blank", title: TITLES[status] ?? "Error", status, detail };
}

/** Tell whether what came over the network is a problem. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "detail" in value && typeof value.detail === "string";
}
