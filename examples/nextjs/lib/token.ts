/**
 * Where the page keeps the token: in this tab's session storage, so that a reload does not ask again.
 *
 * It is sent by the page's own code alone, never by the browser itself, so no other site can make use of it. It goes
 * with the tab, or with `forget`. An app with a sign-in of its own replaces this file.
 */

const KEY = "perftrack-token";

export function remembered(): string | null {
  return sessionStorage.getItem(KEY);
}

export function remember(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forget(): void {
  sessionStorage.removeItem(KEY);
}

/** Tell whether `text` can stand in a header. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
