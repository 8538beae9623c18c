"use client";

import { timeOfDay } from "@/lib/format";
import type { Numbers } from "@/lib/numbers";
import { useNumbers } from "@/lib/use-numbers";
import { Caches } from "./caches";
import { Endpoints } from "./endpoints";
import { SignIn } from "./sign-in";
import { SlowRequests } from "./slow-requests";
import { Totals } from "./totals";
import { Verdict } from "./verdict";

/** The page: a form until somebody is signed in, then the numbers, asked for again every 30 seconds. */
export function Dashboard() {
  const { view, signIn, signOut, refresh } = useNumbers();
  const { token, numbers, message } = view;
  if (token === undefined) return null; // a moment, until the browser has been asked
  if (token === null) return <SignIn message={message} onToken={signIn} />;
  return (
    <main>
      <header>
        <h1>Performance</h1>
        {numbers && <p id="as-of">as of {timeOfDay(numbers.stats.timestamp)}</p>}
        <button type="button" onClick={refresh}>
          Refresh
        </button>
        <button type="button" onClick={signOut}>
          Sign out
        </button>
      </header>
      {message && <p role="alert">No new numbers: {message}</p>}
      {numbers ? <Everything numbers={numbers} /> : !message && <p role="status">Asking the backend …</p>}
    </main>
  );
}

function Everything({ numbers: { stats, health, caches } }: { readonly numbers: Numbers }) {
  return (
    <>
      <Verdict health={health} />
      <Totals stats={stats} />
      <Endpoints rows={stats.endpoint_stats} />
      <SlowRequests requests={stats.recent_slow_queries} />
      <Caches stats={caches} />
    </>
  );
}
