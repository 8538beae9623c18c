/** One endpoint in full, in a dialog that the address can ask for. */

import { bars } from "./bars.js";
import { byId, element, say, scrolling } from "./dom.js";
import { count, duration, NOTHING, percent, shown, words } from "./format.js";
import { histogram } from "./histogram.js";
import { ask, detailOf } from "./numbers.js";
import { slowTable } from "./slow.js";
import { look, view } from "./view-in-url.js";

const KINDS = { 1: "ok", 2: "ok", 3: "ok", 4: "client_error", 5: "server_error" };
const UNSEEN = "No request to this endpoint has finished since counting began.";

/** Makes the dialog close: by its button, by Escape, by a click beside it. */
export function makeDetail() {
  const dialog = byId("detail");
  byId("detail-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => look({ endpoint: "" }, true));
}

/** Shows the endpoint that the view asks for, or none. */
export async function showDetail(stats) {
  const wanted = view().endpoint;
  if (!wanted) {
    byId("detail").close();
    return;
  }
  open(wanted);
  const name = Object.keys(stats.endpoint_stats).find((each) => shown(each) === wanted);
  if (name === undefined) {
    tell(UNSEEN);
    return;
  }
  try {
    const detail = await ask(detailOf(name));
    if (view().endpoint === wanted) fill(detail);
  } catch ({ message }) {
    // What has been shown before stays; the page says by itself that it is stale.
    if (byId("detail").ariaBusy) tell(`Not to be had: ${message}.`);
  }
}

function open(name) {
  if (byId("detail-name").textContent !== name) {
    say(byId("detail-name"), name);
    tell("Loading …");
    byId("detail").ariaBusy = "true";
  }
  if (!byId("detail").open) byId("detail").showModal();
}

function tell(text) {
  byId("detail").ariaBusy = null;
  byId("detail-body").replaceChildren(element("p", {}, text));
}

function fill(detail) {
  const { stats, recent_slow_queries: slow } = detail;
  const body = byId("detail-body");
  const behindOpen = body.querySelector("details")?.open ?? false;
  const width = body.clientWidth || 600;
  byId("detail").ariaBusy = null;
  body.replaceChildren(
    figures(stats),
    part("Durations", ...(detail.buckets.length ? histogram(detail, width) : ["No timed request."])),
    part("First byte against last byte", firstAgainstLast(stats)),
    part("Outcomes", outcomes(stats)),
    part("Status codes", statuses(stats)),
    part(
      "Slow requests",
      slow.length ? scrolling("Slow requests of this endpoint", slowTable(slow, false)) : "None kept.",
    ),
  );
  const behind = body.querySelector("details");
  if (behind) behind.open = behindOpen;
}

function part(title, ...contents) {
  return element("section", {}, element("h3", {}, title), ...contents);
}

function figures(stats) {
  const entries = {
    Requests: count(stats.total_requests),
    "Per minute": count(stats.requests_per_minute),
    Errors: percent(stats.error_rate),
    Slow: count(stats.slow_queries_count),
    Avg: duration(stats.avg_duration),
    Min: duration(stats.min_duration),
    Max: duration(stats.max_duration),
    "Time share": percent(stats.time_share, 1),
    Apdex: stats.apdex?.toFixed(2) ?? NOTHING,
  };
  const items = Object.entries(entries).map(([name, text]) => {
    return element("div", {}, element("dt", {}, name), element("dd", {}, text));
  });
  return element("dl", { class: "figures" }, ...items);
}

function firstAgainstLast({ first_byte: first, avg_duration, max_duration }) {
  const item = (name, value, kind) => ({ name, value, text: duration(value), kind });
  return bars(
    "First byte against last byte",
    ["Reading", "Duration"],
    [
      item("first byte, mean", first.avg, "first"),
      item("last byte, mean", avg_duration, "ok"),
      item("first byte, largest", first.max, "first"),
      item("last byte, largest", max_duration, "ok"),
    ],
  );
}

function outcomes(stats) {
  const items = Object.entries(stats.outcomes).map(([name, value]) => ({
    name: words(name),
    value,
    text: count(value),
    kind: name,
  }));
  return bars("Outcomes", ["Outcome", "Requests"], items);
}

function statuses(stats) {
  const items = Object.entries(stats.status).map(([name, value]) => {
    return { name: shown(name), value, text: count(value), kind: KINDS[name[0]] ?? "client_left" };
  });
  return bars("Status codes", ["Status", "Requests"], items);
}
