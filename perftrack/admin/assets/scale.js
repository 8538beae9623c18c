/** Which values an axis marks. */

const STEPS = [1, 2, 5, 10];

/** Returns whole numbers from 0 to at least *top*, about *wanted* steps. */
export function linearTicks(top, wanted = 4) {
  const rough = Math.max(1, top / wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * STEPS.find((each) => each * power >= rough);
  return Array.from({ length: Math.max(1, Math.ceil(top / step)) + 1 }, (_, at) => at * step);
}

/** Returns a logarithmic scale around *low* to *high*: where a value lies, 0 to 1, and the values to mark. */
export function logScale(low, high) {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const between = last - first > 2 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = first; power < last; power++) ticks.push(...between.map((step) => step * 10 ** power));
  return { at: (value) => (Math.log10(value) - first) / (last - first), ticks: [...ticks, 10 ** last] };
}

/** Returns full minutes between two moments (in ms) that an axis of a window can mark, at most about six. */
export function minutesBetween(start, end) {
  const step = 60_000 * [1, 5, 10, 15].find((minutes) => (end - start) / (60_000 * minutes) <= 6);
  const first = Math.ceil(start / step) * step;
  return Array.from({ length: Math.floor((end - first) / step) + 1 }, (_, at) => first + at * step);
}
