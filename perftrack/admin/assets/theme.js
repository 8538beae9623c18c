// Sets the chosen theme before the first paint; a module would come after it. See preferences.js.
try {
  document.documentElement.dataset.theme = JSON.parse(localStorage.getItem("perftrack")).theme;
} catch {
  // Nothing is stored, or the browser lets nobody store: the system decides.
}
