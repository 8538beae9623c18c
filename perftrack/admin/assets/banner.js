/** The verdict with its reasons, and whatever the numbers are not: the warnings. */

import { byId, html, replace, say, svg } from "./dom.js";
import { count, percent, shown, span } from "./format.js";
import { linkTo } from "./view.js";

// Not by colour alone: each status has a sign of its own.
const SIGNS = { healthy: "✓", degraded: "!", unhealthy: "✕", waiting: "…" };
const TONES = { healthy: "#007a58", degraded: "#9a6700", unhealthy: "#b94a00", waiting: "#545f70" };
const EMPTY = "No request has finished yet: the numbers appear with the first one.";

/** Shows the verdict and all warnings. */
export function showBanner({ health, total_requests, warnings }) {
  const status = total_requests ? health.status : "waiting";
  const word = status[0].toUpperCase() + status.slice(1);
  byId("banner").className = `panel banner ${status}`;
  say(byId("sign"), SIGNS[status]);
  say(byId("status"), word);
  say(byId("judged"), total_requests ? judged(health.window) : EMPTY);
  replace(byId("reasons"), ...health.reasons.map(reason));
  const all = new Set([...warnings, ...(total_requests ? health.warnings : [])]);
  replace(byId("warned"), ...[...all].map((message) => reason({ message, endpoint: null })));
  byId("warnings").hidden = !all.size;
  document.title = `${word} · Performance`;
  showIcon(SIGNS[status], TONES[status]);
}

function judged({ seconds, requests, error_rate, slow_queries }) {
  const when = seconds === null ? "since the start" : `in the last ${span(seconds)}`;
  return `${count(requests)} requests ${when}, ${percent(error_rate)} errors, ${count(slow_queries)} slow`;
}

function reason({ message, endpoint }) {
  const text = html("bdi", {}, shown(message));
  return html("li", {}, endpoint === null ? text : html("a", { href: linkTo(endpoint) }, text));
}

/** Puts the verdict on the browser's tab, where it is seen from elsewhere. */
function showIcon(sign, fill) {
  const mark = svg("text", { x: 8, y: 12, "text-anchor": "middle", "font-size": 11, fill: "#fff" }, sign);
  const icon = svg("svg", { viewBox: "0 0 16 16" }, svg("circle", { cx: 8, cy: 8, r: 8, fill }), mark);
  byId("icon").href = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(icon))}`;
}
