/** The page: hands the numbers to the parts that show them, and remembers how somebody likes to see them. */

import { makeReset, saveNumbers, savePage } from "./actions.js";
import { showBanner } from "./banner.js";
import { showCards } from "./cards.js";
import { makeChart, showCharts } from "./charts.js";
import { makeDetail, showDetail } from "./detail.js";
import { byId, on, say } from "./dom.js";
import { makeEndpoints, showEndpoints } from "./endpoints.js";
import { percent } from "./format.js";
import { heatMap, latency, throughput } from "./kinds.js";
import { askNow, follow, setPace } from "./numbers.js";
import { makeSlow, showSlow } from "./slow.js";
import { makeTiles, showTiles } from "./tiles.js";
import { look, onView, view } from "./view.js";

const STORED = "perftrack"; // pace and theme; nothing else is ever stored
const preferences = { seconds: 30, theme: "system", ...stored() };
let stats = null;
let shownSeconds = 0;

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORED));
  } catch {
    return {};
  }
}

function prefer(changes) {
  Object.assign(preferences, changes);
  try {
    localStorage.setItem(STORED, JSON.stringify(preferences));
  } catch {
    // Private windows may refuse; the choice then holds until the page is left.
  }
}

function show(found) {
  stats = found;
  byId("main").ariaBusy = null;
  showBanner(stats);
  showOverTime(chosenWindow());
  showLists();
  showCards(stats);
  say(byId("accuracy"), percent(100 * stats.relative_error));
  say(byId("series-accuracy"), percent(100 * stats.series.relative_error, 1));
}

/** Shows again what depends on the view. */
function showView() {
  if (!stats) return;
  const seconds = chosenWindow();
  if (seconds !== shownSeconds) showOverTime(seconds);
  showLists();
}

function showOverTime(seconds) {
  shownSeconds = seconds;
  const slots = stats.series.slots.slice(-seconds / stats.series.slot_seconds);
  showTiles(stats, slots, seconds);
  showCharts(stats.series, slots);
}

function showLists() {
  showEndpoints(stats);
  showSlow(stats);
  showDetail(stats);
}

/** Shows which window is chosen, and returns its seconds; the shortest while there is no more to see. */
function chosenWindow() {
  const usual = Date.parse(stats.timestamp) - Date.parse(stats.since) < 300_000 ? "300" : "900";
  const choices = [...byId("window").querySelectorAll("input")];
  const chosen = [view().window, usual].map((wanted) => choices.find(({ value }) => value === wanted)).find(Boolean);
  chosen.checked = true;
  return Number(chosen.value);
}

function makeControls() {
  byId("seconds").value = preferences.seconds;
  byId("theme").value = preferences.theme;
  on("seconds", "change", ({ target }) => {
    prefer({ seconds: Number(target.value) });
    setPace(preferences.seconds);
  });
  on("theme", "change", ({ target }) => {
    prefer({ theme: target.value });
    document.documentElement.dataset.theme = target.value;
  });
  on("window", "change", ({ target }) => look({ window: target.value }));
  on("now", "click", askNow);
  on("save-numbers", "click", () => stats && saveNumbers(stats));
  on("save-page", "click", () => stats && savePage(stats));
}

// A link that signs in leaves its code in the address when somebody has signed in already.
if (location.hash.startsWith("#code=")) look({});
say(byId("host"), location.host);
makeControls();
makeTiles();
for (const [id, kind] of Object.entries({ throughput, latency, heat: heatMap })) makeChart(id, kind);
makeEndpoints();
makeSlow();
makeDetail();
makeReset();
onView(showView);
follow(show, preferences.seconds);
