/**
 * Tables on the terminal.
 *
 * @module
 */

/** A table. */
export interface Table {
  /** What it shows. */
  readonly title: string;
  /** The heads of its columns. */
  readonly columns: readonly string[];
  /** Its cells. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** What must be said about it. */
  readonly notes?: readonly string[];
}

/** A table as text: the first column to the left, the others to the right. */
export function textOf({ title, columns, rows, notes = [] }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, place) => Math.max(...cells.map((row) => row[place]!.length)));
  const lines = cells.map((row) =>
    row.map((cell, place) => place === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[place]!))
      .join("  ").trimEnd()
  );
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
  return [title, "", ...lines, ...notes.map((note) => `* ${note}`), ""].join("\n");
}

/** A number with three digits, without an exponent for the usual sizes. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value >= 100) return value.toFixed(0);
  return value >= 1e-3 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}

/** A share as a percentage. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
