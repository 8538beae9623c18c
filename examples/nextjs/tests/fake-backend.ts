/** A backend that answers as a test tells it, and remembers what it was asked. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Script = (request: IncomingMessage, response: ServerResponse) => void;

export class FakeBackend {
  readonly asked: IncomingMessage[] = [];
  /** How the next requests are answered. */
  script: Script = answering(200, { fake: true });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request);
      this.script(request, response);
    });
  }

  static async start(): Promise<FakeBackend> {
    const backend = new FakeBackend();
    await new Promise<void>((resolve) => backend.#server.listen(0, "127.0.0.1", resolve));
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stop, and cut off whoever still waits. */
  async stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await stopped;
  }
}

/** Answer with JSON. */
export function answering(status: number, body: unknown, headers: Record<string, string> = {}): Script {
  return answeringText(status, JSON.stringify(body), { "Content-Type": "application/json", ...headers });
}

/** Answer with any text. */
export function answeringText(status: number, text: string, headers: Record<string, string> = {}): Script {
  return (_, response) => response.writeHead(status, headers).end(text);
}
