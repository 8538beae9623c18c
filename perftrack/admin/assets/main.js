/** The page: asks for the numbers, and hands them to the parts that show them. */

import { showBanner } from "./banner.js";
import { showCards } from "./cards.js";
import { Chart } from "./chart.js";
import { Crosshair } from "./crosshair.js";
import { makeDetail, showDetail } from "./detail.js";
import { byId, say } from "./dom.js";
import { makeEndpoints, showEndpoints } from "./endpoints.js";
import { saveNumbers, savePage } from "./export.js";
import { percent } from "./format.js";
import { heatMap } from "./heat.js";
import { latency } from "./latency.js";
import { ask, NUMBERS } from "./numbers.js";
import { Poll } from "./poll.js";
import { prefer, preferences } from "./preferences.js";
import { makeReset } from "./reset.js";
import { lastSlots } from "./series.js";
import { makeSlow, showSlow } from "./slow.js";
import { noteFresh, noteTrouble, showState } from "./state.js";
import { throughput } from "./throughput.js";
import { makeTiles, showTiles } from "./tiles.js";
import { followLinks, look, onView, view } from "./view-in-url.js";

const poll = new Poll(tick, preferences().seconds);
let stats = null;
let charts = [];
let shownSeconds = 0;

async function tick() {
  try {
    stats = await ask(NUMBERS);
    noteFresh(stats);
    show();
    return true;
  } catch (trouble) {
    if (!trouble.kind) throw trouble;
    noteTrouble(trouble);
    return false;
  } finally {
    showState(preferences().seconds);
  }
}

function show() {
  document.documentElement.removeAttribute("aria-busy");
  showBanner(stats);
  showOverTime(chosenWindow(stats));
  showLists();
  showCards(stats);
  say(byId("accuracy"), percent(100 * stats.relative_error));
  say(byId("series-accuracy"), percent(100 * stats.series.relative_error, 1));
}

/** Shows again what depends on the view. */
function showView() {
  if (!stats) return;
  const seconds = chosenWindow(stats);
  if (seconds !== shownSeconds) showOverTime(seconds);
  showLists();
}

function showOverTime(seconds) {
  shownSeconds = seconds;
  const slots = lastSlots(stats.series, seconds);
  charts = charts.length ? charts : makeCharts(stats.series);
  showTiles(stats, slots, seconds);
  for (const chart of charts) chart.show(stats.series, slots);
}

function showLists() {
  showEndpoints(stats);
  showSlow(stats);
  showDetail(stats);
}

function makeCharts(series) {
  const crosshair = new Crosshair();
  const kinds = { throughput, latency, heat: heatMap(series.bands) };
  return Object.entries(kinds).map(([id, kind]) => new Chart(id, kind, crosshair));
}

function makeControls() {
  const { seconds, theme } = preferences();
  byId("seconds").value = seconds;
  byId("theme").value = theme;
  byId("seconds").addEventListener("change", ({ target }) => pace(Number(target.value)));
  byId("theme").addEventListener("change", ({ target }) => dress(target.value));
  byId("now").addEventListener("click", () => poll.now());
  byId("save-numbers").addEventListener("click", () => stats && saveNumbers(stats));
  byId("save-page").addEventListener("click", () => stats && savePage(stats, charts));
  byId("window").addEventListener("change", ({ target }) => look({ window: target.value }));
}

function pace(seconds) {
  prefer({ seconds });
  poll.seconds = seconds;
  showState(seconds);
  if (seconds) poll.now();
}

function dress(theme) {
  prefer({ theme });
  document.documentElement.dataset.theme = theme;
}

/** Shows which window is chosen, and returns its seconds; the shortest while there is no more to see. */
function chosenWindow({ timestamp, since }) {
  const usual = Date.parse(timestamp) - Date.parse(since) < 300_000 ? "300" : "900";
  const choices = [...byId("window").querySelectorAll("input")];
  const chosen = choices.find(({ value }) => value === view().window) ?? choices.find(({ value }) => value === usual);
  chosen.checked = true;
  return Number(chosen.value);
}

// A link that signs in leaves its code in the address when somebody has signed in already.
if (location.hash.startsWith("#code=")) look({});
say(byId("host"), location.host);
makeControls();
makeTiles();
makeEndpoints();
makeSlow();
makeDetail();
makeReset(() => poll.now());
followLinks();
onView(showView);
poll.now();
