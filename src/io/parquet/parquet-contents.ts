/**
 * The features and labels in a parquet table.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { listed } from "../../shortened.ts";
import type { Contents, DatasetOptions } from "../contents.ts";
import { HEADINGS } from "../csv/headings.ts";
import type { ParquetColumn, ParquetTable } from "./parquet.ts";
import { parquetRows, parquetVector } from "./parquet-rows.ts";

/**
 * Assigns the columns of a table. Features are the column that `options` names; or the column of
 * lists `features`; or the only column of lists other than `logits`, `probs` and `labels`; or else
 * all columns of numbers that are not labels.
 *
 * @param table the table
 * @param options the names of the columns of features and labels
 * @throws {InputError} if a named column is missing, or does not contain numbers
 */
export function parquetContents(table: ParquetTable, options: DatasetOptions = {}): Contents {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  for (const wanted of [options.features, options.labels]) {
    if (wanted === undefined || byName.has(wanted)) continue;
    throw new InputError(
      `Cannot find the column ${wanted} in ${table.name}: its columns of numbers are ${
        listed([...byName.keys()]) || "none"
      }`,
    );
  }
  const special = new Map<string, ParquetColumn>();
  for (const [kind, names] of Object.entries(HEADINGS)) {
    const wanted = kind === "labels" && options.labels !== undefined ? [options.labels] : names;
    const column = table.columns.find(({ name, list }) =>
      wanted.includes(name) && (!list || name === options.labels)
    );
    if (column !== undefined) special.set(kind, column);
  }
  for (const name of ["logits", "probs", "labels"]) {
    const column = byName.get(name);
    // A column of numbers goes before one of lists.
    if (column?.list && !special.has(name)) special.set(name, column);
  }
  const nameOf = (what: string) => `${what} in ${table.name}`;
  return {
    has: (name) => special.has(name),
    matrix: async (name) => {
      const own = name === "features" ? undefined : special.get(name);
      const columns = own === undefined ? features(table, options, special) : [own];
      return await parquetRows(table, nameOf(name), columns);
    },
    isWide: (name) => {
      const own = special.get(name);
      return Promise.resolve(own ? own.list : table.columns.length > 1 || table.columns[0]!.list);
    },
    vector: async (name) => {
      const only = table.columns.length === 1 ? table.columns[0] : undefined;
      const column = special.get(name) ?? only;
      if (column === undefined) {
        throw new InputError(
          `Cannot find ${name} in ${table.name}: its columns of numbers are ${
            listed([...byName.keys()])
          }`,
        );
      }
      return await parquetVector(table, nameOf(name), column);
    },
  };
}

function features(
  table: ParquetTable,
  options: DatasetOptions,
  special: ReadonlyMap<string, ParquetColumn>,
): ParquetColumn[] {
  const taken = new Set(special.values());
  const free = table.columns.filter((column) => !taken.has(column));
  const lists = free.filter(({ list }) => list);
  const named = options.features === undefined
    ? lists.find(({ name }) => name === "features")
    : table.columns.find(({ name }) => name === options.features);
  if (named !== undefined) return [named];
  if (lists.length > 1) {
    const names = listed(lists.map(({ name }) => name));
    throw new InputError(
      `Cannot choose the features in ${table.name}: ${names} are columns of lists, name one`,
    );
  }
  const chosen = lists.length === 1 ? lists : free.filter(({ dtype }) => dtype !== "bool");
  if (chosen.length === 0) {
    throw new InputError(`Cannot find features in ${table.name}: it has no columns of numbers`);
  }
  return chosen;
}
