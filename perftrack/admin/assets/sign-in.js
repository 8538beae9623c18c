// Signs in with the one-time code of a link …/#code=…, and goes on to the numbers.
"use strict";

const RETRIED = "perftrack-retried";

function say(text) {
  document.getElementById("message").textContent = text;
}

function codeOfLink() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return null;
  // The code must not stay in the address bar or in the history.
  history.replaceState(null, "", location.pathname + location.search);
  return code;
}

async function signInWith(code) {
  const answer = await fetch("sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) {
    location.replace("./");
  } else {
    say("This link has been used, or is older than five minutes. The token still works.");
  }
}

// A link from another site arrives without the SameSite=Strict cookie; a request of our own has it.
async function goOnIfSignedIn() {
  if (sessionStorage.getItem(RETRIED)) {
    sessionStorage.removeItem(RETRIED);
    return;
  }
  const answer = await fetch("health", { headers: { Accept: "application/json" } });
  if (answer.ok) {
    sessionStorage.setItem(RETRIED, "yes");
    location.reload();
  }
}

async function start() {
  const code = codeOfLink();
  // The view of a link that somebody was sent is in the fragment, and shall still be there after signing in.
  document.forms[0].action += location.hash;
  try {
    await (code ? signInWith(code) : goOnIfSignedIn());
  } catch {
    say("The application does not answer.");
  }
}

start();
