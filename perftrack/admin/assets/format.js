/** Numbers, times and names as people read them. */

/** What stands where there is no value. */
export const NOTHING = "–";

const COUNT = new Intl.NumberFormat("en");
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

// Controls, formats (bidi overrides, zero width), surrogates, private use, unassigned, line and paragraph separators.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** Writes characters that cannot be seen as their escapes; all writing systems stay as they are. */
export function shown(text) {
  return text.replace(INVISIBLE, escaped);
}

/** Writes a whole number; ten millions and more are shortened. */
export function count(number) {
  return (number < 1e7 ? COUNT : COMPACT).format(number);
}

/** Writes a rate that is in percent already. */
export function percent(rate, places = 2) {
  return rate === null ? NOTHING : `${rate.toFixed(places)} %`;
}

/** Writes seconds in the unit that reads best; null without a sample. */
export function duration(seconds) {
  if (seconds === null) return NOTHING;
  if (seconds < 0.0995) return `${(1000 * seconds).toFixed(1)} ms`;
  return seconds < 0.9995 ? `${(1000 * seconds).toFixed(0)} ms` : `${seconds.toFixed(2)} s`;
}

/** Writes a round length of time, as on an axis: `5 min`, `1 s`, `20 ms`. */
export function span(seconds) {
  const [size, unit] = [
    [3600, "h"],
    [60, "min"],
    [1, "s"],
    [1e-3, "ms"],
  ].find(([size]) => seconds >= size) ?? [1e-6, "µs"];
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
export function words(name) {
  return name.replaceAll("_", " ");
}

function escaped(char) {
  const point = char.codePointAt(0);
  const hex = point.toString(16);
  if (point <= 0xff) return SHORT[char] ?? `\\x${hex.padStart(2, "0")}`;
  return point <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
