/**
 * Tables for the terminal.
 *
 * @module
 */

/** A table. */
export interface Table {
  /** The title. */
  readonly title: string;
  /** The headings of the columns. */
  readonly columns: readonly string[];
  /** The cells of each row. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** Remarks below the table. */
  readonly notes?: readonly string[];
}

/** Formats a table as text: the first column left-aligned, the others right-aligned. */
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

/** Formats a number with three significant digits, without an exponent for common magnitudes. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value >= 100) return value.toFixed(0);
  return value >= 1e-3 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}

/** Formats a share as a percentage. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
