"use client";

import { useState, type FormEvent } from "react";
import { isToken } from "@/lib/token";

interface Properties {
  readonly message: string | undefined;
  readonly onToken: (token: string) => void;
}

/** Asks for the token that the backend wants. */
export function SignIn({ message, onToken }: Properties) {
  const [wrong, setWrong] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token")).trim();
    if (isToken(token)) onToken(token);
    else setWrong("That is no token: it has characters that no token has, or none.");
  };
  const told = wrong ?? message;
  return (
    <main className="sign-in">
      <h1>Performance</h1>
      <form onSubmit={submit}>
        <label htmlFor="token">Token</label>
        <input id="token" name="token" type="password" autoComplete="off" spellCheck={false} required />
        <button type="submit">Sign in</button>
      </form>
      {told && <p role="alert">{told}</p>}
    </main>
  );
}
