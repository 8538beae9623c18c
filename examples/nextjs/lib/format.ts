/** Numbers as people read them. */

/** A duration, given in seconds: in the unit that suits it, with three digits. */
export function duration(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds >= 0.001 ? `${digits(seconds * 1e3)} ms` : `${digits(seconds * 1e6)} µs`;
}

/** A span of time, given in seconds, to the minute. */
export function span(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function percent(value: number): string {
  return `${value.toLocaleString("en", { maximumFractionDigits: 2 })} %`;
}

export function count(value: number | null): string {
  return value === null ? "–" : value.toLocaleString("en");
}

/** A time of day, given in ISO 8601, where the reader is. */
export function timeOfDay(moment: string): string {
  return new Date(moment).toLocaleTimeString("en", { hour12: false });
}

function digits(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
