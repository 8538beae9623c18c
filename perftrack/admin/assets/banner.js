/** The verdict with its reasons, and whatever the numbers are not: the warnings. */

import { byId, drawn, element, say } from "./dom.js";
import { count, percent, shown, span } from "./format.js";
import { linkTo } from "./view-in-url.js";

// Not by colour alone: each status has a sign of its own.
const SIGNS = { healthy: "✓", degraded: "!", unhealthy: "✕" };
const TONES = { healthy: "#009e73", degraded: "#e69f00", unhealthy: "#d55e00" };
const EMPTY = "No request has finished yet: the numbers appear with the first one.";

/** Shows the verdict and all warnings. */
export function showBanner(stats) {
  const { health } = stats;
  const word = health.status[0].toUpperCase() + health.status.slice(1);
  byId("banner").className = `panel banner ${health.status}`;
  say(byId("sign"), SIGNS[health.status]);
  say(byId("status"), word);
  say(byId("judged"), stats.total_requests ? judged(health.window) : EMPTY);
  replace(byId("reasons"), health.reasons.map(reason));
  const warnings = [...new Set([...stats.warnings, ...health.warnings])];
  replace(
    byId("warnings").querySelector("ul"),
    warnings.map((text) => element("bdi", {}, shown(text))),
  );
  byId("warnings").hidden = warnings.length === 0;
  document.title = `${word} · Performance`;
  showIcon(SIGNS[health.status], TONES[health.status]);
}

function judged(seen) {
  const when = seen.seconds === null ? "since the start" : `in the last ${span(seen.seconds)}`;
  const [requests, slow] = [count(seen.requests), count(seen.slow_queries)];
  return `${requests} requests ${when}, ${percent(seen.error_rate)} errors, ${slow} slow`;
}

function reason({ message, endpoint }) {
  const text = element("bdi", {}, shown(message));
  return endpoint === null ? text : element("a", { href: linkTo(endpoint) }, text);
}

/** Replaces list items where they differ, so that a link keeps the focus. */
function replace(list, contents) {
  const items = contents.map((content) => element("li", {}, content));
  const same = items.length === list.children.length && items.every((item, at) => item.isEqualNode(list.children[at]));
  if (!same) list.replaceChildren(...items);
}

/** Puts the verdict on the browser's tab, where it is seen from elsewhere. */
function showIcon(sign, tone) {
  const mark = drawn("text", { x: 8, y: 12, "text-anchor": "middle", "font-size": 11, fill: "#fff" }, sign);
  const picture = drawn("svg", { viewBox: "0 0 16 16" }, drawn("circle", { cx: 8, cy: 8, r: 8, fill: tone }), mark);
  const text = new XMLSerializer().serializeToString(picture);
  byId("icon").href = `data:image/svg+xml,${encodeURIComponent(text)}`;
}
