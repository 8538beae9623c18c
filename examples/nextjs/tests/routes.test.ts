/** The three routes, each in front of a backend that answers well, badly, late or not at all. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it, mock } from "node:test";
import { GET as cacheStats } from "@/app/api/admin/cache/stats/route";
import { GET as health } from "@/app/api/admin/performance/health/route";
import * as statsRoute from "@/app/api/admin/performance/stats/route";
import { answering, answeringText, FakeBackend } from "./fake-backend";

const ROUTES = [
  { name: "performance/stats", get: statsRoute.GET, path: "/admin/performance/stats" },
  { name: "performance/health", get: health, path: "/admin/performance/health" },
  { name: "cache/stats", get: cacheStats, path: "/admin/performance/cache/stats" },
] as const;
const CLIENT_HEADERS = {
  Authorization: "Bearer token-of-the-test",
  Cookie: "session=secret",
  "X-Forwarded-For": "10.0.0.1",
  "User-Agent": "a browser",
  "Accept-Language": "de",
};

let backend: FakeBackend;
let logged: string[];

before(async () => {
  backend = await FakeBackend.start();
});
after(() => backend.stop());

beforeEach(() => {
  process.env.BACKEND_URL = backend.url;
  process.env.BACKEND_TIMEOUT_MS = "2000";
  backend.asked.length = 0;
  backend.script = answering(200, { fake: true });
  logged = [];
  mock.method(console, "error", (text: string) => logged.push(text));
});
afterEach(() => mock.restoreAll());

function request(headers: Record<string, string> = CLIENT_HEADERS): Request {
  return new Request("http://front.example/api?sort=p95", { headers });
}

/** Hold `response` to what every error must be: a problem that is not cached and shows nothing of the inside. */
async function problemOf(response: Response, status: number): Promise<string> {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const body = await response.json();
  assert.deepEqual(Object.keys(body), ["type", "title", "status", "detail"]);
  assert.equal(body.status, status);
  assert.doesNotMatch(JSON.stringify(body), /\bat |Error:|node_modules|127\.0\.0\.1:\d{5}|ECONN|token-of-the-test/);
  return body.detail;
}

for (const { name, get, path } of ROUTES) {
  describe(name, () => {
    it("passes on what the backend says, uncached and marked as real", async () => {
      backend.script = answering(200, { number: 0.1, text: "ü" });
      const response = await get(request());
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { number: 0.1, text: "ü" });
      assert.equal(response.headers.get("x-data-source"), "backend-real");
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.equal(response.headers.get("content-type"), "application/json");
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.deepEqual(logged, []);
    });

    it("sends the Authorization header on, and nothing else of the client's", async () => {
      await get(request());
      const [asked] = backend.asked;
      assert.equal(`${asked?.method} ${asked?.url}`, `GET ${path}`);
      assert.equal(asked?.headers.authorization, "Bearer token-of-the-test");
      const own = ["accept", "accept-encoding", "accept-language", "authorization", "cache-control", "connection"];
      own.push("host", "pragma", "sec-fetch-mode", "user-agent");
      assert.deepEqual(Object.keys(asked?.headers ?? {}).filter((header) => !own.includes(header)), []);
      assert.notEqual(asked?.headers["accept-language"], "de");
      assert.notEqual(asked?.headers["user-agent"], "a browser");
    });

    it("asks without a token where the client has none", async () => {
      backend.script = answering(401, { type: "about:blank", title: "Unauthorized", status: 401, detail: "no token" });
      const response = await get(request({ Cookie: "session=secret" }));
      assert.equal(backend.asked[0]?.headers.authorization, undefined);
      assert.equal(await problemOf(response, 401), "no token");
    });

    it("asks anew each time", async () => {
      await get(request());
      backend.script = answering(200, { fake: "newer" });
      assert.deepEqual(await (await get(request())).json(), { fake: "newer" });
      assert.equal(backend.asked.length, 2);
    });

    for (const status of [401, 403]) {
      it(`answers ${status} as the backend does`, async () => {
        const body = { type: "about:blank", title: "No", status, detail: "the backend's own words" };
        backend.script = answering(status, body, { "WWW-Authenticate": "Bearer", "Set-Cookie": "a=b" });
        const response = await get(request());
        assert.equal(response.headers.get("www-authenticate"), "Bearer");
        assert.equal(response.headers.get("x-data-source"), "backend-real");
        assert.equal(response.headers.get("set-cookie"), null);
        assert.equal(await problemOf(response, status), "the backend's own words");
      });

      it(`answers ${status} in words of its own where the backend has none`, async () => {
        backend.script = answeringText(status, "<html>Traceback (most recent call last)</html>");
        assert.equal(await problemOf(await get(request()), status), "The backend refused the request.");
      });
    }

    for (const status of [404, 429, 500, 503]) {
      it(`answers 502 where the backend answers ${status}`, async () => {
        backend.script = answering(status, { detail: "Traceback (most recent call last)" });
        const response = await get(request());
        assert.equal(response.headers.get("x-data-source"), null);
        const detail = await problemOf(response, 502);
        assert.equal(detail, `The backend gave no answer of the admin API: status ${status}.`);
      });
    }

    it("follows no redirect, which would take the token with it", async () => {
      backend.script = answeringText(307, "", { Location: `${backend.url}/elsewhere` });
      await problemOf(await get(request()), 502);
      assert.equal(backend.asked.length, 1);
    });

    for (const text of ["", "<html></html>", "[]", '"text"', '{"cut": ']) {
      it(`answers 502 for the body ${text || "without anything"}`, async () => {
        backend.script = answeringText(200, text);
        await problemOf(await get(request()), 502);
      });
    }

    it("answers 502 where nobody listens", async () => {
      const gone = await FakeBackend.start();
      process.env.BACKEND_URL = gone.url;
      await gone.stop();
      assert.equal(await problemOf(await get(request()), 502), "The backend cannot be reached.");
      assert.match(logged.join(), /^perftrack: 502: fetch failed \(ECONNREFUSED\)$/);
    });

    it("answers 502 where the backend hangs up", async () => {
      backend.script = (asked) => asked.socket.destroy();
      assert.equal(await problemOf(await get(request()), 502), "The backend cannot be reached.");
    });

    it("answers 504 where the backend does not answer in time", async () => {
      process.env.BACKEND_TIMEOUT_MS = "50";
      backend.script = () => {};
      assert.equal(await problemOf(await get(request()), 504), "The backend did not answer in time.");
    });

    it("answers 504 where the body stops in the middle", async () => {
      process.env.BACKEND_TIMEOUT_MS = "200";
      backend.script = (_, response) => {
        response.writeHead(200, { "Content-Type": "application/json" }).write('{"half": ');
      };
      assert.equal(await problemOf(await get(request()), 504), "The backend did not answer in time.");
    });

    it("says which setting is missing", async () => {
      delete process.env.BACKEND_URL;
      const detail = await problemOf(await get(request()), 500);
      assert.match(detail, /^BACKEND_URL is not set; give the backend's address/);
      assert.match(logged.join(), /BACKEND_URL is not set/);
      assert.equal(backend.asked.length, 0);
    });
  });
}

it("is never answered from a cache of Next", () => assert.equal(statsRoute.dynamic, "force-dynamic"));
