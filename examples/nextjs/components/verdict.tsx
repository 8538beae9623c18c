import type { Health } from "@/lib/numbers";

/** Whether the backend is well, and why not. */
export function Verdict({ health }: { readonly health: Health }) {
  return (
    <section aria-label="Health" id="health" className={health.status}>
      <strong>{health.status}</strong>
      <ul>
        {health.reasons.map((reason) => (
          <li key={`${reason.metric} ${reason.status}`}>{reason.message}</li>
        ))}
      </ul>
    </section>
  );
}
