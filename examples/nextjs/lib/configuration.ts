/** What the environment says about the backend. */

const LONGEST_MS = 60_000;

/** A setting is missing or wrong; the message says which, and what it should be. */
export class ConfigurationError extends Error {}

export interface Configuration {
  /** Where the backend is, without a slash at the end. */
  readonly address: string;
  /** The longest wait for a whole answer. */
  readonly timeoutMs: number;
}

/** Read the settings anew: they belong to the running server, not to the build. */
export function configuration(environment: NodeJS.ProcessEnv = process.env): Configuration {
  return {
    address: address(environment.BACKEND_URL?.trim() ?? ""),
    timeoutMs: timeout(environment.BACKEND_TIMEOUT_MS?.trim() || "5000"),
  };
}

function address(text: string): string {
  if (text === "") {
    throw new ConfigurationError("BACKEND_URL is not set; give the backend's address, as in http://127.0.0.1:8000");
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || !isPlain) {
    throw new ConfigurationError(
      "BACKEND_URL must be an http or https address without user, query and fragment, as in http://127.0.0.1:8000",
    );
  }
  return url.href.replace(/\/+$/, "");
}

function timeout(text: string): number {
  const milliseconds = Number(text);
  if (!Number.isInteger(milliseconds) || milliseconds < 1 || milliseconds > LONGEST_MS) {
    throw new ConfigurationError(`BACKEND_TIMEOUT_MS must be a whole number from 1 to ${LONGEST_MS}`);
  }
  return milliseconds;
}
