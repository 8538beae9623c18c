/** The columns of the endpoint table, and how its rows are chosen and ordered. */

import { count, duration, NOTHING, percent } from "./format.js";

/** Each: the field of `/stats` by which it sorts, its title, and the text of a cell. */
export const COLUMNS = [
  { field: "name", title: "Endpoint", text: (row) => row.name },
  { field: "total_requests", title: "Requests", text: (row) => count(row.total_requests) },
  { field: "requests_per_minute", title: "Per min", text: (row) => count(row.requests_per_minute) },
  { field: "error_rate", title: "Errors", text: (row) => percent(row.error_rate) },
  { field: "avg_duration", title: "Avg", text: (row) => duration(row.avg_duration) },
  { field: "p50_duration", title: "p50", text: (row) => duration(row.p50_duration) },
  { field: "p95_duration", title: "p95", text: (row) => duration(row.p95_duration) },
  { field: "p99_duration", title: "p99", text: (row) => duration(row.p99_duration) },
  { field: "max_duration", title: "Max", text: (row) => duration(row.max_duration) },
  { field: "slow_queries_count", title: "Slow", text: (row) => count(row.slow_queries_count) },
  { field: "time_share", title: "Time share", text: (row) => percent(row.time_share, 1) },
  { field: "apdex", title: "Apdex", text: (row) => row.apdex?.toFixed(2) ?? NOTHING },
];

const KEPT = {
  all: () => true,
  failing: (row) => row.total_errors > 0,
  slow: (row) => row.slow_queries_count > 0,
  busy: (row) => row.requests_per_minute > 0,
};

/** Returns the rows that *view* asks for, in its order. */
export function chosen(rows, { only, search, sort, up }) {
  const keep = KEPT[only] ?? KEPT.all;
  const words = search.toLowerCase();
  const found = rows.filter((row) => keep(row) && row.shown.toLowerCase().includes(words));
  const field = COLUMNS.some((column) => column.field === sort) ? sort : "time_share";
  return found.sort((one, other) => inOrder(one[field], other[field], up) || inOrder(one.name, other.name, "1"));
}

/** Compares two values; what has none comes last, whichever the direction. */
function inOrder(one, other, up) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (one === other) return 0;
  return one < other === Boolean(up) ? -1 : 1;
}
