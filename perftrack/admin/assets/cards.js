/** What not every application has: WebSockets, event streams, caches, readings beside the duration. */

import { byId, figures, html, replace, wideTable } from "./dom.js";
import { count, duration, NOTHING, percent, shown, uptime, words } from "./format.js";

/** Shows the cards that have something to show. */
export function showCards({ websockets, streams, caches, first_byte, queue, background }) {
  const cards = {
    WebSockets: (websockets.opened || websockets.rejected) && ofConnections(websockets),
    "Event streams": (streams.open || streams.finished) && ofConnections(streams),
    "Beside the duration": ofReadings({ first_byte, queue, background }),
    Caches: ofCaches(caches.caches),
  };
  const seen = Object.entries(cards).filter(([, content]) => content);
  const made = seen.map(([title, content]) => html("section", { class: "panel" }, html("h2", {}, title), content));
  replace(byId("cards"), ...made);
}

function ofConnections({ connection_time, close_codes = {}, ...counts }) {
  const codes = Object.entries(close_codes).map(([code, number]) => `${code}: ${count(number)}`);
  return figures([
    ...Object.entries(counts).map(([name, number]) => [words(name), count(number)]),
    ["time connected", uptime(connection_time)],
    ["close codes", codes.join(", ") || NOTHING],
  ]);
}

function ofReadings(readings) {
  const seen = Object.entries(readings).filter(([, reading]) => reading.count);
  const rows = seen.map(([name, { count: number, avg, max }]) => {
    return [words(name), count(number), duration(avg), duration(max)];
  });
  return rows.length && wideTable("Readings", ["Reading", "Requests", "Mean", "Largest"], rows);
}

function ofCaches(caches) {
  const rows = Object.entries(caches).map(([name, { hits, misses, hit_rate, size, max_size, evictions }]) => {
    return [shown(name), count(hits), count(misses), percent(hit_rate), ...[size, max_size, evictions].map(count)];
  });
  const titles = ["Cache", "Hits", "Misses", "Hit rate", "Size", "Largest size", "Evictions"];
  return rows.length && wideTable("Caches", titles, rows);
}
