import type { ReactNode } from "react";

interface Properties {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly string[];
  readonly empty: string;
  readonly children: readonly ReactNode[];
}

/** A table with a caption; the first column is text, the others are numbers. */
export function Table({ id, caption, columns, empty, children }: Properties) {
  return (
    <section className="wide">
      <table id={id}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {children.length > 0 ? (
            children
          ) : (
            <tr>
              <td colSpan={columns.length}>{empty}</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
