/** The log of slow requests: newest first, of one endpoint or of all, to be copied. */

import { copy } from "./copy.js";
import { byId, code, element, say, scrolling, table, time } from "./dom.js";
import { clock, count, duration, shown, span, words } from "./format.js";
import { linkTo, look, view } from "./view-in-url.js";

let listed = [];
let last = "";

/** Makes the filter and the button work. */
export function makeSlow() {
  byId("slow-of").addEventListener("change", ({ target }) => look({ slow: target.value }));
  byId("slow-copy").addEventListener("click", () =>
    copy(JSON.stringify(listed, null, 2), `${count(listed.length)} slow requests`),
  );
}

/** Shows the slow requests of *stats* that the view asks for. */
export function showSlow({ slow }) {
  const wanted = view().slow;
  listed = slow.slow_queries.filter((each) => !wanted || shown(each.endpoint) === wanted);
  const now = JSON.stringify([wanted, slow.slow_queries_count, listed]);
  if (now === last) return;
  last = now;
  const all = count(slow.slow_queries_count);
  const kept =
    slow.slow_queries.length < slow.slow_queries_count ? `, the last ${count(slow.slow_queries.length)} kept` : "";
  say(byId("slow-note"), `${all} over ${span(slow.slow_query_threshold)}${kept}`);
  showFilter(slow.slow_queries, wanted);
  byId("slow-copy").disabled = !listed.length;
  const none = wanted ? "No slow request of this endpoint is kept." : "No slow request.";
  byId("slow").replaceChildren(
    listed.length ? scrolling("Slow requests", slowTable(listed)) : element("p", { class: "none" }, none),
  );
}

/** Makes the table of *queries*, with or without the endpoint. */
export function slowTable(queries, withEndpoint = true) {
  const titles = [
    "When",
    ...(withEndpoint ? ["Endpoint"] : []),
    "Path",
    "Status",
    "Duration",
    "First byte",
    "Outcome",
    "Worker",
  ];
  const rows = queries.map((query) => [
    time(query.timestamp, clock(query.timestamp)),
    ...(withEndpoint ? [element("a", { href: linkTo(query.endpoint) }, code(query.endpoint))] : []),
    code(query.path),
    String(query.status ?? "none"),
    duration(query.duration),
    duration(query.first_byte),
    words(query.outcome),
    String(query.worker),
  ]);
  const made = table("Slow requests, newest first", titles, rows);
  made.className = "slow";
  return made;
}

function showFilter(queries, wanted) {
  const names = [...new Set([...queries.map(({ endpoint }) => shown(endpoint)), ...(wanted ? [wanted] : [])])].sort();
  const options = ["", ...names].map((name) => element("option", { value: name }, name || "all endpoints"));
  byId("slow-of").replaceChildren(...options);
  byId("slow-of").value = wanted;
}
