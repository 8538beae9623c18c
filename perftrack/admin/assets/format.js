/** Numbers, times and names as people read them. */

/** What stands where there is no value. */
export const NOTHING = "–";

const COUNT = new Intl.NumberFormat("en");
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
// Units of time, in seconds.
const UNITS = { h: 3600, min: 60, s: 1, ms: 1e-3, µs: 1e-6 };
// Controls, formats (bidi overrides, zero width), surrogates, private use, unassigned, line and paragraph separators.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** Writes characters that cannot be seen as their escapes; all writing systems stay as they are. */
export function shown(text) {
  return text.replace(INVISIBLE, (char) => {
    const hex = char.codePointAt(0).toString(16);
    const [mark, digits] = hex.length < 3 ? ["x", 2] : hex.length < 5 ? ["u", 4] : ["U", 8];
    return SHORT[char] ?? `\\${mark}${hex.padStart(digits, "0")}`;
  });
}

/** Writes a whole number, null as a dash; ten millions and more are shortened. */
export function count(number) {
  return number === null ? NOTHING : (number < 1e7 ? COUNT : COMPACT).format(number);
}

/** Writes a rate that is in percent already. */
export function percent(rate, places = 2) {
  return rate === null ? NOTHING : `${rate.toFixed(places)} %`;
}

/** Writes seconds in the unit that reads best; null without a sample. */
export function duration(seconds) {
  if (seconds === null) return NOTHING;
  if (seconds < 0.9995) return `${(1000 * seconds).toFixed(seconds < 0.0995 ? 1 : 0)} ms`;
  return `${seconds.toFixed(2)} s`;
}

/** Writes a round length of time, as on an axis: `5 min`, `1 s`, `20 ms`. */
export function span(seconds) {
  const [unit, size] = Object.entries(UNITS).find(([, size]) => seconds >= size) ?? ["µs", UNITS.µs];
  return `${Number((seconds / size).toPrecision(3))} ${unit}`;
}

/** Writes how long something has been up, in its two largest units. */
export function uptime(seconds) {
  const [days, hours, minutes] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor);
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
}

/** Writes a moment as the time of day here, with the date when it was not today. */
export function clock(moment) {
  const date = new Date(moment);
  const today = date.toDateString() === new Date().toDateString();
  return today ? CLOCK.format(date) : `${DAY.format(date)}, ${CLOCK.format(date)}`;
}

/** Writes an outcome or another name of the contract in words. */
export const words = (name) => name.replaceAll("_", " ");

/** Writes how satisfied users are, 0 to 1. */
export const apdex = (score) => score?.toFixed(2) ?? NOTHING;
