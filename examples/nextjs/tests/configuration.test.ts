/** What the environment may say. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { configuration, ConfigurationError } from "@/lib/configuration";

function read(address = "", timeout = "") {
  return configuration({ NODE_ENV: "test", BACKEND_URL: address, BACKEND_TIMEOUT_MS: timeout });
}

const WRONG_ADDRESSES = ["", "   ", "localhost:8000", "ftp://backend", "http://a:b@backend", "http://b/?c", "//b"];


describe("configuration", () => {
  it("takes an address with and without a path, and waits five seconds", () => {
    assert.deepEqual(read("http://127.0.0.1:8000"), { address: "http://127.0.0.1:8000", timeoutMs: 5000 });
    assert.equal(read(" https://backend.example/api// ").address, "https://backend.example/api");
    assert.equal(read("http://backend", "250").timeoutMs, 250);
  });

  for (const address of WRONG_ADDRESSES) {
    it(`refuses the address "${address}"`, () => {
      assert.throws(() => read(address), ConfigurationError);
      assert.throws(() => read(address), /^Error: BACKEND_URL /);
    });
  }

  for (const timeout of ["0", "-1", "1.5", "soon", "60001", "Infinity"]) {
    it(`refuses the timeout ${timeout}`, () => {
      assert.throws(() => read("http://backend", timeout), /BACKEND_TIMEOUT_MS must be a whole number from 1 to 60000/);
    });
  }
});
