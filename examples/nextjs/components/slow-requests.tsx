import { duration, timeOfDay } from "@/lib/format";
import type { SlowQuery } from "@/lib/numbers";
import { Figure } from "./figure";
import { Table } from "./table";

const COLUMNS = ["Path", "Method", "Status", "Duration", "Finished"] as const;

/** The slow requests that the backend remembers, newest first. */
export function SlowRequests({ requests }: { readonly requests: readonly SlowQuery[] }) {
  return (
    <Table id="slow" caption="Slow requests" columns={COLUMNS} empty="No slow request.">
      {requests.map((request, at) => (
        <tr key={`${request.timestamp} ${request.path} ${request.duration} ${at}`}>
          <th scope="row">{request.path}</th>
          <td>{request.method}</td>
          <td>{request.status ?? "–"}</td>
          <td>
            <Figure value={request.duration} text={duration(request.duration)} />
          </td>
          <td>
            <time dateTime={request.timestamp}>{timeOfDay(request.timestamp)}</time>
          </td>
        </tr>
      ))}
    </Table>
  );
}
