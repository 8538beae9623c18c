/** What the page does with the answers of the routes, and how it writes numbers. */

import assert from "node:assert/strict";
import { afterEach, describe, it, mock } from "node:test";
import { count, duration, percent, span } from "@/lib/format";
import { readNumbers } from "@/lib/numbers";
import { isToken } from "@/lib/token";

const PROBLEM = { type: "about:blank", title: "No", status: 0, detail: "the reason" };

/** Let the routes answer by their paths' last part; `status` is that of the health route. */
function routes(status: number, body: unknown): Request[] {
  const asked: Request[] = [];
  mock.method(globalThis, "fetch", async (path: string, init: RequestInit) => {
    asked.push(new Request(`http://front.example${path}`, init));
    return path.endsWith("/health") ? new Response(JSON.stringify(body), { status }) : Response.json({ path });
  });
  return asked;
}

afterEach(() => mock.restoreAll());

describe("readNumbers", () => {
  const signal = new AbortController().signal;

  it("asks the three routes with the token", async () => {
    const asked = routes(200, { status: "healthy" });
    const answer = await readNumbers("abc", signal);
    assert.equal(answer.kind, "numbers");
    assert.deepEqual(answer.kind === "numbers" && answer.numbers.health, { status: "healthy" });
    assert.deepEqual(asked.map(({ url }) => new URL(url).pathname), [
      "/api/admin/performance/stats",
      "/api/admin/performance/health",
      "/api/admin/cache/stats",
    ]);
    assert.deepEqual(new Set(asked.map(({ headers }) => headers.get("authorization"))), new Set(["Bearer abc"]));
  });

  for (const [status, kind] of [[401, "refused"], [403, "refused"], [502, "failed"], [504, "failed"]] as const) {
    it(`is ${kind} at ${status}, with the reason`, async () => {
      routes(status, PROBLEM);
      assert.deepEqual(await readNumbers("abc", signal), { kind, detail: "the reason" });
    });
  }

  it("fails at an answer that nobody expects", async () => {
    routes(500, "text");
    assert.deepEqual(await readNumbers("abc", signal), { kind: "failed", detail: "Unexpected status 500." });
  });

  it("fails where the front end itself is gone", async () => {
    mock.method(globalThis, "fetch", async () => Promise.reject(new TypeError("fetch failed")));
    const detail = "The front end's own server cannot be reached.";
    assert.deepEqual(await readNumbers("abc", signal), { kind: "failed", detail });
  });
});

describe("numbers as people read them", () => {
  it("writes durations in the unit that suits them", () => {
    const written = ["12.3 s", "1 s", "123 ms", "1 ms", "12.3 µs", "0 µs"];
    assert.deepEqual([12.345, 1, 0.1234, 0.001, 0.0000123, 0].map(duration), written);
  });

  it("writes nothing as a dash", () => assert.deepEqual([duration(null), count(null)], ["–", "–"]));

  it("writes counts, shares and spans", () => {
    assert.deepEqual([count(1234567), percent(0.97)], ["1,234,567", "0.97 %"]);
    assert.deepEqual([span(59), span(7265)], ["0 min", "2 h 1 min"]);
  });
});

describe("isToken", () => {
  it("knows what can stand in a header", () => {
    assert.deepEqual(["abc.DEF-_~", "", "a b", "ä", "a\nb"].map(isToken), [true, false, false, false, false]);
  });
});
