"""A shop in FastAPI, measured by perftrack: the backend of the Next.js example.

`python app.py` serves it on 127.0.0.1:8000 and prints a token for trying; `python app.py token ROLE` prints one for the
secret in JWT_SECRET. In an app of your own the tokens come from whoever signs your users in.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import time
from functools import lru_cache

import jwt
import uvicorn
from fastapi import FastAPI, HTTPException

from perftrack_fastapi import PerfTrack
from perftrack_jwt import JWTAccess

SECRET = os.environ.get("JWT_SECRET") or secrets.token_urlsafe(48)
NAME = "shop"  # issuer and audience of the tokens
HOURS = 8
PRODUCTS = 20

app = FastAPI()
access = JWTAccess(SECRET, algorithm="HS256", audience=NAME, issuer=NAME, role_claim="roles", viewer_role="viewer")
tracker = PerfTrack(app, access=access, slow_query_threshold=0.25).tracker


def token(role: str) -> str:
    """Make a token that is good for a working day."""
    claims = {"iss": NAME, "aud": NAME, "sub": "you", "roles": [role], "exp": int(time.time()) + HOURS * 3600}
    return jwt.encode(claims, SECRET, algorithm="HS256")


@lru_cache(maxsize=16)
def product(number: int) -> dict[str, int | str]:
    """Look a product up, as in a database."""
    return {"number": number, "name": f"Product {number}"}


pages: dict[str, list[int]] = {}
tracker.watch_cache("products", product)


@app.get("/products")
async def list_products() -> list[int]:
    if "products" in pages:
        tracker.cache("pages").hit()
    else:
        tracker.cache("pages").miss()
        pages["products"] = list(range(PRODUCTS))
    return pages["products"]


@app.get("/products/{number}")
async def show_product(number: int) -> dict[str, int | str]:
    if number >= PRODUCTS:
        raise HTTPException(404, "no such product")
    return product(number)


@app.get("/report")
async def report() -> str:
    await asyncio.sleep(0.3)  # work that takes its time
    return "all is well"


@app.post("/orders")
async def order(number: int) -> str:
    if number >= PRODUCTS:
        raise HTTPException(503, "the warehouse does not answer")
    return "ordered"


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["token"]:
        print(token(*arguments[1:]))
        return
    port = int(os.environ.get("PORT", "8000"))
    print(f"The shop is on http://127.0.0.1:{port}. A token for {HOURS} hours:\n\n{token('admin')}\n", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1:])
