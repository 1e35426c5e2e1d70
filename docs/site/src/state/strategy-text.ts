/**
 * Strategies as text, such as `falcun(gamma=3)`, as the library reads it.
 *
 * @module
 */

/** A strategy in parts. */
export interface StrategyParts {
  /** The name; empty: chosen by the page. */
  readonly name: string;
  /** The options that are set. */
  readonly options: Readonly<Record<string, string>>;
}

/** Splits the text of a strategy. */
export function partsOf(strategy: string): StrategyParts {
  const [, name = "", list = ""] = /^([^(]*)(?:\((.*)\))?$/.exec(strategy) ?? [];
  const options = list.split(",").filter(Boolean).map((part) => {
    const [option, value = "true"] = part.split("=");
    return [option!.trim(), value.trim()] as const;
  });
  return { name: name.trim(), options: Object.fromEntries(options) };
}

/** Joins the name and the options of a strategy; empty options are left out. */
export function textOf(name: string, options: StrategyParts["options"]): string {
  const set = Object.entries(options).filter(([, value]) => value !== "");
  if (set.length === 0) return name;
  return `${name}(${set.map(([option, value]) => `${option}=${value}`).join(",")})`;
}
