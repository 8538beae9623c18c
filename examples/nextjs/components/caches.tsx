import { count, percent } from "@/lib/format";
import type { CacheStats } from "@/lib/numbers";
import { Figure } from "./figure";
import { Table } from "./table";

const COLUMNS = ["Cache", "Hits", "Misses", "Hit rate", "Size", "Limit", "Evictions"] as const;

/** The caches that the backend watches, and perftrack's own store. */
export function Caches({ stats: { caches, store } }: { readonly stats: CacheStats }) {
  return (
    <>
      <Table id="caches" caption="Caches" columns={COLUMNS} empty="No cache is watched.">
        {Object.entries(caches).map(([name, cache]) => (
          <tr key={name} data-name={name}>
            <th scope="row">{name}</th>
            <td>
              <Figure value={cache.hits} text={count(cache.hits)} />
            </td>
            <td>
              <Figure value={cache.misses} text={count(cache.misses)} />
            </td>
            <td>
              <Figure value={cache.hit_rate} text={percent(cache.hit_rate)} />
            </td>
            {[cache.size, cache.max_size, cache.evictions].map((value, at) => (
              <td key={COLUMNS[at + 4]}>
                <Figure value={value} text={count(value)} />
              </td>
            ))}
          </tr>
        ))}
      </Table>
      <p className="note">
        perftrack itself: {store.cache_status}, {count(store.endpoints)} endpoints, {count(store.bytes)} bytes
      </p>
    </>
  );
}
