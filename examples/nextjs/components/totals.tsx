import { count, duration, percent, span } from "@/lib/format";
import type { Stats } from "@/lib/numbers";
import { Figure } from "./figure";

type Row = readonly [name: string, label: string, value: number | null, write: (value: number) => string];

function rows(stats: Stats): Row[] {
  return [
    ["total_requests", "Requests", stats.total_requests, count],
    ["requests_per_minute", "Last minute", stats.requests_per_minute, count],
    ["error_rate", "Errors", stats.error_rate, percent],
    ["p50", "p50", stats.duration.p50, duration],
    ["p95", "p95", stats.duration.p95, duration],
    ["p99", "p99", stats.duration.p99, duration],
    ["slow_queries_count", "Slow", stats.slow_queries_count, count],
    ["in_flight", "In flight", stats.in_flight, count],
    ["uptime_seconds", "Uptime", stats.uptime_seconds, span],
  ];
}

/** Everything in total, and what is not whole about it. */
export function Totals({ stats }: { readonly stats: Stats }) {
  return (
    <section aria-label="Totals">
      <dl id="totals">
        {rows(stats).map(([name, label, value, write]) => (
          <div key={name} data-name={name}>
            <dt>{label}</dt>
            <dd>
              <Figure value={value} text={value === null ? "–" : write(value)} />
            </dd>
          </div>
        ))}
      </dl>
      {stats.warnings.map((warning) => (
        <p key={warning} className="note">
          {warning}
        </p>
      ))}
    </section>
  );
}
