/** What not every application has: WebSockets, event streams, caches, readings beside the duration. */

import { byId, element, scrolling, table } from "./dom.js";
import { count, duration, NOTHING, percent, shown, uptime } from "./format.js";

/** Shows the cards that have something to show. */
export function showCards(stats) {
  const cards = [webSockets(stats.websockets), streams(stats.streams), readings(stats), caches(stats.caches)];
  byId("cards").replaceChildren(...cards.filter(Boolean));
}

function webSockets(sockets) {
  if (!sockets.opened && !sockets.rejected) return null;
  const codes = Object.entries(sockets.close_codes)
    .map(([code, number]) => `${code}: ${count(number)}`)
    .join(", ");
  return card("WebSockets", [
    ["Open now", count(sockets.open)],
    ["Opened", count(sockets.opened)],
    ["Rejected", count(sockets.rejected)],
    ["Messages in", count(sockets.messages_in)],
    ["Messages out", count(sockets.messages_out)],
    ["Time connected", uptime(sockets.connection_time)],
    ["Close codes", codes || NOTHING],
  ]);
}

function streams({ open, finished, connection_time }) {
  if (!open && !finished) return null;
  return card("Event streams", [
    ["Open now", count(open)],
    ["Finished", count(finished)],
    ["Time connected", uptime(connection_time)],
  ]);
}

function readings({ first_byte, queue, background }) {
  const all = [
    ["First byte", first_byte],
    ["Queue before arrival", queue],
    ["Background work", background],
  ];
  const seen = all.filter(([, reading]) => reading.count);
  if (!seen.length) return null;
  const rows = seen.map(([name, { count: number, avg, max }]) => [name, count(number), duration(avg), duration(max)]);
  return tableCard("Beside the duration", ["Reading", "Requests", "Mean", "Largest"], rows);
}

function caches({ caches: all }) {
  const rows = Object.entries(all).map(([name, cache]) => [
    shown(name),
    count(cache.hits),
    count(cache.misses),
    percent(cache.hit_rate),
    ...[cache.size, cache.max_size, cache.evictions].map((number) => (number === null ? NOTHING : count(number))),
  ]);
  return rows.length
    ? tableCard("Caches", ["Cache", "Hits", "Misses", "Hit rate", "Size", "Largest size", "Evictions"], rows)
    : null;
}

function card(title, entries) {
  const items = entries.map(([name, text]) => element("div", {}, element("dt", {}, name), element("dd", {}, text)));
  return element(
    "section",
    { class: "panel card" },
    element("h2", {}, title),
    element("dl", { class: "figures" }, ...items),
  );
}

function tableCard(title, titles, rows) {
  return element(
    "section",
    { class: "panel card" },
    element("h2", {}, title),
    scrolling(title, table(title, titles, rows)),
  );
}
