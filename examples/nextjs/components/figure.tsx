/** A number: as it came, for machines, and as people read it. */
export function Figure({ value, text }: { readonly value: number | null; readonly text: string }) {
  return <data value={value === null ? "" : String(value)}>{text}</data>;
}
