// Signs in with the one-time code of a link …/#code=…, and goes on to the numbers.
"use strict";

const RETRIED = "perftrack-retried";
const headers = { "Content-Type": "application/json", Accept: "application/json" };

async function signInWith(code) {
  // The code must not stay in the address bar or in the history.
  history.replaceState(null, "", location.pathname + location.search);
  const answer = await fetch("sign-in", { method: "POST", headers, body: JSON.stringify({ code }) });
  if (answer.ok) location.replace("./");
  else say("This link has been used, or is older than five minutes. The token still works.");
}

// A link from another site arrives without the SameSite=Strict cookie; a request of our own has it.
async function goOnIfSignedIn() {
  const retried = sessionStorage.getItem(RETRIED);
  sessionStorage.removeItem(RETRIED);
  if (retried || !(await fetch("health", { headers })).ok) return;
  sessionStorage.setItem(RETRIED, "yes");
  location.reload();
}

function say(text) {
  document.getElementById("message").textContent = text;
}

const code = new URLSearchParams(location.hash.slice(1)).get("code");
// The view of a link that somebody was sent is in the fragment, and shall still be there after signing in.
if (!code) document.forms[0].action += location.hash;
(code ? signInWith(code) : goOnIfSignedIn()).catch(() => say("The application does not answer."));
