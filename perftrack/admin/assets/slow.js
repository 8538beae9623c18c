/** The log of slow requests: newest first, of one endpoint or of all, to be copied. */

import { copy } from "./actions.js";
import { byId, code, html, none, on, replace, say, wideTable } from "./dom.js";
import { clock, count, duration, shown, span, words } from "./format.js";
import { linkTo, look, view } from "./view.js";

const TITLES = ["Path", "Outcome", "Status", "Duration", "First byte", "Worker"];

let listed = [];

/** Makes the filter and the button work. */
export function makeSlow() {
  on("slow-of", "change", ({ target }) => look({ slow: target.value }));
  on("slow-copy", "click", () =>
    copy(JSON.stringify(listed, null, 2), `${count(listed.length)} slow requests`),
  );
}

/** Shows the slow requests of *stats* that the view asks for. */
export function showSlow({ slow: { slow_queries: all, slow_queries_count: total, slow_query_threshold: limit } }) {
  const wanted = view().slow;
  listed = all.filter(({ endpoint }) => !wanted || shown(endpoint) === wanted);
  const kept = all.length < total ? `, the last ${count(all.length)} kept` : "";
  say(byId("slow-note"), `${count(total)} over ${span(limit)}${kept}`);
  showFilter(all, wanted);
  byId("slow-copy").disabled = !listed.length;
  const table = listed.length && slowTable("Slow requests, newest first", listed);
  replace(byId("slow"), table || none(wanted ? "No slow request of this endpoint is kept." : "No slow request."));
}

/** Makes the table of *queries*, with or without the endpoint. */
export function slowTable(caption, queries, withEndpoint = true) {
  const rows = queries.map((query) => [
    html("time", { datetime: query.timestamp, title: query.timestamp }, clock(query.timestamp)),
    ...(withEndpoint ? [html("a", { href: linkTo(query.endpoint) }, code(query.endpoint))] : []),
    code(query.path),
    words(query.outcome),
    String(query.status ?? "none"),
    duration(query.duration),
    duration(query.first_byte),
    String(query.worker),
  ]);
  return wideTable(caption, ["When", ...(withEndpoint ? ["Endpoint"] : []), ...TITLES], rows, "slow");
}

function showFilter(all, wanted) {
  const names = new Set(all.map(({ endpoint }) => shown(endpoint)));
  if (wanted) names.add(wanted);
  const options = [...names].sort().map((name) => html("option", { value: name }, name));
  replace(byId("slow-of"), html("option", { value: "" }, "all endpoints"), ...options);
  byId("slow-of").value = wanted;
}
