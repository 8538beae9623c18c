/**
 * The view: what is looked at, and how. It lives in the fragment of the address, so that it can be sent to somebody
 * and reaches no log. Endpoints are named as they are shown, so that nothing invisible gets into an address.
 */

const DEFAULTS = { window: "", sort: "time_share", up: "", search: "", only: "all", endpoint: "", slow: "" };

/** @returns the view that the address holds, with defaults for what it does not say */
export function view() {
  const said = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, usual]) => [name, said.get(name) ?? usual]));
}

/** Returns the fragment of the present view with *changes*. */
export function linkTo(changes) {
  const wanted = Object.entries({ ...view(), ...changes }).filter(([name, value]) => value !== DEFAULTS[name]);
  return `#${new URLSearchParams(wanted)}`;
}

/** Changes the view; *lasting* changes are a step that the browser's Back takes back. */
export function look(changes, lasting = false) {
  const address = linkTo(changes);
  if (address === (location.hash || "#")) return;
  history[lasting ? "pushState" : "replaceState"](null, "", address);
  dispatchEvent(new Event("hashchange"));
}

/** Calls *listener* after each change of the view, whoever made it. */
export function onView(listener) {
  addEventListener("hashchange", listener);
  // Back and forward between addresses that scripts have made; between links the browser sends both, which is cheap.
  addEventListener("popstate", listener);
}
