/** What this browser remembers: how often to update, and the theme. Nothing else is ever stored. */

const KEY = "perftrack";
const DEFAULTS = { seconds: 30, theme: "system" };

/** @returns {{seconds: number, theme: string}} the stored preferences, with defaults for the rest */
export function preferences() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY)) };
  } catch {
    return { ...DEFAULTS };
  }
}

/** Remembers *changes*, where the browser allows it. */
export function prefer(changes) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...preferences(), ...changes }));
  } catch {
    // Private windows may refuse; the choice then holds until the page is left.
  }
}
