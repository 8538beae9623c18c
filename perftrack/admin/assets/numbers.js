/** Asks the server. All addresses are relative: the page works under any prefix. */

const PATIENCE_MS = 20_000;

/** All that a tick needs, in one answer; the page's head names the same address, to load it early. */
export const NUMBERS = "stats?include=health,series,slow,caches";

/** An answer that brings no numbers. Its *kind* is `away`, `signed-out` or `refused`. */
export class Trouble extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** Returns the JSON that *address* answers; throws `Trouble`. */
export async function ask(address, method = "GET") {
  let answer;
  try {
    answer = await fetch(address, { method, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) return await answer.json();
  } catch {
    throw new Trouble("away", "the application does not answer");
  }
  if (answer.status === 401) throw new Trouble("signed-out", "you are signed out");
  if (answer.status === 403) throw new Trouble("refused", "you may not do this");
  throw new Trouble("away", `the application answers with status ${answer.status}`);
}

/** Returns the address of an endpoint's detail. A name can hold bytes that are no text: those stand as U+DC80…U+DCFF. */
export function detailOf(name) {
  const encoded = [...name].map((char) => {
    const point = char.codePointAt(0);
    if (point >= 0xdc80 && point <= 0xdcff) return `%${(point - 0xdc00).toString(16)}`;
    return encodeURIComponent(char.toWellFormed());
  });
  return `endpoint?name=${encoded.join("")}`;
}
