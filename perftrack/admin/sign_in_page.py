"""The page that asks a browser for the token. It works without its script; the script is what sign-in links need."""

from __future__ import annotations


def render(message: str) -> bytes:
    """Return the page, with *message* where something went wrong."""
    from html import escape  # noqa: PLC0415 - it imports all names of HTML's entities, and few see this page

    # The referrer policy of all answers makes browsers send "Origin: null" with a form; this page posts to us alone.
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="same-origin">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        '<title>Sign in</title><link rel="icon" href="data:,"><link rel="stylesheet" href="assets/page.css">'
        '<script src="assets/theme.js"></script><script src="assets/sign-in.js" defer></script></head>'
        '<body class="sign-in"><main class="panel"><h1>Performance</h1><form method="post" action="sign-in">'
        '<label for="token">Admin token</label>'
        '<input id="token" name="token" type="password" required autocomplete="current-password" autofocus '
        'autocapitalize="none" spellcheck="false"><button class="strong">Sign in</button>'
        f'<p id="message" role="alert">{escape(message)}</p></form>'
        "<p>The token is the one that the application was started with: <code>PERFTRACK_ADMIN_TOKEN</code>, or "
        "<code>access=</code> in its code.</p></main></body></html>\n"
    ).encode()
