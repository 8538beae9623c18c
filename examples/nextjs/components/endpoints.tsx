import { count, duration, percent } from "@/lib/format";
import type { EndpointStats } from "@/lib/numbers";
import { Figure } from "./figure";
import { Table } from "./table";

const NUMBERS = ["Requests", "Last minute", "Errors", "Average", "p95", "Longest", "Share of time"] as const;

/** A row for each endpoint, in the backend's order: the largest share of time first. */
export function Endpoints({ rows }: { readonly rows: Readonly<Record<string, EndpointStats>> }) {
  return (
    <Table id="endpoints" caption="Endpoints" columns={["Endpoint", ...NUMBERS]} empty="No request yet.">
      {Object.entries(rows).map(([name, row]) => (
        <tr key={name} data-name={name}>
          <th scope="row">{name}</th>
          {cells(row).map(([value, text], at) => (
            <td key={NUMBERS[at]}>
              <Figure value={value} text={text} />
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}

function cells(row: EndpointStats): [number | null, string][] {
  return [
    [row.total_requests, count(row.total_requests)],
    [row.requests_per_minute, count(row.requests_per_minute)],
    [row.error_rate, percent(row.error_rate)],
    [row.avg_duration, duration(row.avg_duration)],
    [row.p95_duration, duration(row.p95_duration)],
    [row.max_duration, duration(row.max_duration)],
    [row.time_share, percent(row.time_share)],
  ];
}
