"use client";

import { useCallback, useEffect, useState } from "react";
import { readNumbers, type Answer, type Numbers } from "./numbers";
import { forget, remember, remembered } from "./token";

export const REFRESH_MS = 30_000;

export interface View {
  /** undefined until the browser has been asked for it, null when nobody is signed in. */
  readonly token: string | null | undefined;
  /** The last numbers that came; they stay when a later answer fails. */
  readonly numbers: Numbers | undefined;
  /** Why nobody is signed in any more, or why there are no newer numbers. */
  readonly message: string | undefined;
}

const SIGNED_OUT: View = { token: null, numbers: undefined, message: undefined };

/** Keep the numbers fresh while somebody is signed in. */
export function useNumbers() {
  const [view, setView] = useState<View>({ ...SIGNED_OUT, token: undefined });
  const [asked, setAsked] = useState(0);
  const { token } = view;

  useEffect(() => setView({ ...SIGNED_OUT, token: remembered() }), []);

  useEffect(() => {
    if (!token) return;
    const leaving = new AbortController();
    const ask = async () => {
      const answer = await readNumbers(token, leaving.signal);
      if (!leaving.signal.aborted) setView((before) => after(before, answer));
    };
    void ask();
    const timer = setInterval(() => void ask(), REFRESH_MS);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [token, asked]);

  const signIn = useCallback((chosen: string) => {
    remember(chosen);
    setView({ ...SIGNED_OUT, token: chosen });
  }, []);
  const signOut = useCallback(() => {
    forget();
    setView(SIGNED_OUT);
  }, []);
  const refresh = useCallback(() => setAsked((times) => times + 1), []);
  return { view, signIn, signOut, refresh };
}

function after(before: View, answer: Answer): View {
  switch (answer.kind) {
    case "numbers":
      return { ...before, numbers: answer.numbers, message: undefined };
    case "failed":
      return { ...before, message: answer.detail };
    case "refused":
      forget();
      return { ...SIGNED_OUT, message: `The backend does not take this token: ${answer.detail}` };
  }
}
