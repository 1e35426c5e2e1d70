/**
 * Imports point downwards, and no module waits for itself.
 *
 * The layers, lowest first, are in {@linkcode layers}; a file may import from its own layer and
 * from those below it, types included. Layers that share a rung do not know one another. Within a
 * layer, modules may not import one another in a circle, types included: whoever reads one of them
 * would have to read them all. Only `import()` closes no circle. Strategies stand alone: none
 * imports another.
 *
 *     deno run -A tasks/imports.ts    prints every offending import and circle, exits 1 if any
 *
 * @module
 */

import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The rungs, lowest first. A name is a folder of src/ with all that is in it, but for the folders
 * that have a name of their own; "base" is the files directly in src/ (errors), "entry" the modules
 * at the root of the repository (mod.ts).
 */
export const layers: readonly (readonly string[])[] = [
  ["base"],
  ["shaders", "random", "learn/metrics"],
  ["io"],
  ["device"],
  ["kernels"],
  ["linalg"],
  ["pool"],
  ["head"],
  ["select/members"],
  ["select/strategy"],
  ["select/drivers"],
  ["select/geometry"],
  ["select/bait", "select/strategies"],
  ["select"],
  ["learn/learner", "learn/simulation"],
  ["learn"],
  ["entry", "entries"],
  ["cli"],
];

/** Layers whose files stand alone: they share what is below them and nothing of one another. */
const solitary: readonly string[] = ["select/strategies"];

/** One import statement; paths are relative to the root, with forward slashes. */
export interface Import {
  from: string;
  to: string;
  /** `import()`: runs later, so it closes no circle. */
  dynamic: boolean;
}

/**
 * The layer a file belongs to: `src/pool/blocks.ts` is in "pool", `src/select/bait/run.ts` in
 * "select/bait".
 */
export function layerOf(file: string): string {
  const [top, ...rest] = file.split("/").slice(0, -1);
  if (top === undefined) return "entry";
  if (top !== "src") return top;
  const names = layers.flat();
  for (let length = rest.length; length > 0; length--) {
    const name = rest.slice(0, length).join("/");
    if (names.includes(name)) return name;
  }
  return rest[0] ?? "base";
}

/** The imports that point upwards or sideways, and files in folders that are no layer. */
export function misplaced(imports: readonly Import[]): string[] {
  const rungs = new Map(
    layers.flatMap((names, rung) => names.map((name) => [name, rung] as const)),
  );
  const problems = new Set<string>();
  for (const { from, to } of imports) {
    const [above, below] = [layerOf(from), layerOf(to)];
    const [high, low] = [rungs.get(above), rungs.get(below)];
    if (high === undefined) {
      problems.add(`${from} is in ${above}, which is no layer of tasks/imports.ts`);
    } else if (low === undefined) problems.add(`${from} imports ${to}: ${below} is no layer`);
    else if (low > high) problems.add(`${from} imports ${to}: ${above} is below ${below}`);
    else if (low === high && above !== below) {
      problems.add(`${from} imports ${to}: ${above} and ${below} are neighbors and stay apart`);
    }
  }
  return [...problems];
}

/** The imports between files of layers in which each stands alone. */
export function joined(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => layerOf(from) === layerOf(to) && solitary.includes(layerOf(from)))
    .map(({ from, to }) => `${from} imports ${to}: the files of ${layerOf(from)} stand alone`);
}

/**
 * The circles among imports, each written `a.ts -> b.ts -> a.ts`; what is loaded later closes none.
 */
export function circles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, dynamic } of imports) {
    if (!dynamic) next.set(from, [...next.get(from) ?? [], to]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(" -> "));
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const target of next.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of next.keys()) visit(file);
  return found;
}

/** The part of `deno info --json` that is read here. */
interface ModuleGraph {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: {
      specifier: string;
      isDynamic?: boolean;
      code?: { specifier?: string; error?: string };
      type?: { specifier?: string; error?: string };
    }[];
  }[];
}

async function sourceFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(root)) {
    if (entry.isFile && entry.name.endsWith(".ts")) files.push(join(root, entry.name));
  }
  const folders = [join(root, "src")];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) folders.push(path);
      else if (entry.name.endsWith(".ts")) files.push(path);
    }
  }
  return files.sort();
}

/** Asks Deno for the graph of every source file at once, through a module that imports them all. */
async function moduleGraph(root: string, files: readonly string[]): Promise<ModuleGraph> {
  const folder = await Deno.makeTempDir({ prefix: "creel-imports-" });
  try {
    const all = join(folder, "all.ts");
    await Deno.writeTextFile(
      all,
      files.map((file) => `import "${pathToFileURL(file)}";\n`).join(""),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--frozen", "--config", join(root, "deno.json"), all],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const graph: ModuleGraph = JSON.parse(new TextDecoder().decode(stdout));
    const driver = pathToFileURL(await Deno.realPath(all)).href;
    return { modules: graph.modules.filter(({ specifier }) => specifier !== driver) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The imports between the repository's own files, and those that lead nowhere. */
export async function importsOf(root: string): Promise<{ imports: Import[]; broken: string[] }> {
  const { modules } = await moduleGraph(root, await sourceFiles(root));
  const base = pathToFileURL(root + sep).href;
  const nameOf = (url: string) =>
    relative(root, decodeURIComponent(new URL(url).pathname)).replaceAll(sep, "/");
  const imports: Import[] = [];
  const broken: string[] = [];
  for (const { specifier, error, dependencies } of modules) {
    if (error) broken.push(error);
    if (!specifier.startsWith(base)) continue;
    for (const { specifier: written, code, type, isDynamic } of dependencies ?? []) {
      const problem = code?.error ?? type?.error;
      if (problem) broken.push(`${nameOf(specifier)} imports ${written}: ${problem}`);
      const target = code?.specifier ?? type?.specifier;
      if (!target?.startsWith(base)) continue;
      const [from, to] = [nameOf(specifier), nameOf(target)];
      imports.push({ from, to, dynamic: isDynamic === true });
    }
  }
  return { imports, broken };
}

if (import.meta.main) {
  const { imports, broken } = await importsOf(
    await Deno.realPath(join(import.meta.dirname!, "..")),
  );
  const problems = [
    ...broken,
    ...misplaced(imports),
    ...joined(imports),
    ...circles(imports).map((circle) => `Circular import: ${circle}`),
  ];
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
