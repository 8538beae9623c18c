/** What is derived from the ten-second slots of `/series`. */

const COMPARED_SECONDS = [900, 300, 120, 60, 30];

/**
 * Returns two neighbouring spans of the same length to compare: as long as the window, or as there are numbers; null
 * while there is too little. The slot that is still filling is left out.
 */
export function neighbours(series, seconds, since) {
  const covered = (Date.parse(series.timestamp) - Date.parse(since)) / 1000 - series.slot_seconds;
  const length = COMPARED_SECONDS.find((each) => each <= Math.min(seconds, covered / 2));
  if (!length) return null;
  const slots = length / series.slot_seconds;
  const complete = series.slots.slice(0, -1);
  return { seconds: length, now: complete.slice(-slots), before: complete.slice(-2 * slots, -slots) };
}

/** Adds up one field. */
export const sum = (slots, field) => slots.reduce((total, slot) => total + slot[field], 0);

/** Returns the largest value of one field; 0 where there is none. */
export const largest = (slots, field) => Math.max(0, ...slots.map((slot) => slot[field] ?? 0));

/** Returns the mean of one field, weighted by requests: the nearest to a percentile that slots allow. */
export function weighted(slots, field) {
  const seen = slots.filter((slot) => slot[field] !== null);
  const total = seen.reduce((sum, slot) => sum + slot[field] * slot.requests, 0);
  return seen.length ? total / sum(seen, "requests") : null;
}

/** Returns the errors in percent, without those whose client left; null when there is nothing to judge. */
export function errorRate(slots) {
  const judged = sum(slots, "requests") - sum(slots, "client_left");
  return judged ? (100 * sum(slots, "errors")) / judged : null;
}
