/**
 * The features and labels in a table of numbers. Columns with one of the names of {@link HEADINGS}
 * are labels, masks or targets; all others are features.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { listed } from "../../shortened.ts";
import { csvColumn, csvRows, type CsvTable } from "./csv.ts";
import type { Contents, DatasetOptions } from "../contents.ts";
import { HEADINGS } from "./headings.ts";

/**
 * Assigns the columns of a table.
 *
 * @param table the table
 * @param options the names of the column of labels, and of the column of features if it is only one
 * @throws {InputError} if a named column is missing
 */
export function csvContents(table: CsvTable, options: DatasetOptions = {}): Contents {
  const { header = [] } = table;
  for (const wanted of [options.features, options.labels]) {
    if (wanted === undefined || header.includes(wanted)) continue;
    const found = header.length > 0 ? `its columns are ${listed(header)}` : "it has no header";
    throw new InputError(`Cannot find the column ${wanted} in ${table.name}: ${found}`);
  }
  const special = new Map<string, number>();
  for (const [kind, names] of Object.entries(HEADINGS)) {
    const wanted = kind === "labels" && options.labels !== undefined ? [options.labels] : names;
    const column = header.findIndex((heading) => wanted.includes(heading));
    if (column >= 0) special.set(kind, column);
  }
  const taken = new Set(special.values());
  const features = Array.from({ length: table.columns }, (_, i) => i).filter((i) =>
    options.features === undefined ? !taken.has(i) : header[i] === options.features
  );
  const nameOf = (what: string) => `${what} in ${table.name}`;
  return {
    has: (name) => special.has(name),
    // Async, so that an error is a rejection, as it is from the other formats.
    // deno-lint-ignore require-await
    matrix: async (name) => csvRows(table, nameOf(name), features),
    isWide: (name) => Promise.resolve(!special.has(name) && table.columns > 1),
    // deno-lint-ignore require-await
    vector: async (name) => {
      const column = special.get(name) ?? (table.columns === 1 ? 0 : undefined);
      if (column === undefined) {
        throw new InputError(
          `Cannot use ${nameOf(name)}: it has ${table.columns} columns, and one is needed`,
        );
      }
      const values = csvColumn(table, column);
      // With features, the column is a mask with a value for every row; alone, it contains indices.
      if (name !== "labeled" || table.columns === 1) {
        return { name: nameOf(name), dtype: "f64", values };
      }
      const row = values.findIndex((value) => value !== 0 && value !== 1);
      if (row >= 0) {
        throw new InputError(
          `Cannot use ${nameOf(name)}: ${values[row]} at row ${row}, and 0 or 1 is needed`,
        );
      }
      return { name: nameOf(name), dtype: "bool", values };
    },
  };
}
