/**
 * Shaders as pages load them: without comments and needless spaces, on one line, and with short
 * names. The names of a .wgsl file are for people; overrides, fields and `main` keep theirs,
 * because TypeScript or other lines name them.
 *
 * @module
 */

/** What declares a name: a value, a function or a type. */
const DECLARED = /\b(?:let|const|fn|struct|alias|var(?:<[^>]*>)?)\s+([A-Za-z_]\w*)/g;

/** The parameters of a function. */
const SIGNATURES = /\bfn\s+\w+\s*\(([^{]*?)\)\s*(?:->[^{]*)?\{/g;

/** A name that stands by itself, not behind a point or in a number. */
const NAMES = /(?<![\w.@])[A-Za-z_]\w*/g;

/** Words of two letters that WGSL keeps for itself. */
const RESERVED = ["as", "do", "fn", "if", "in", "is", "no", "of", "on", "or"];

const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyz");

/**
 * Minifies a shader.
 *
 * @param file for messages, such as `shaders/head/shuffle.wgsl`
 * @throws Error when there is a block comment
 */
export function minified(file: string, code: string): string {
  return withShortNames(stripped(file, code)).replace(/(\w)\n+(?=\w)/g, "$1 ").replaceAll("\n", "");
}

/** A shader without comments, indentation and spaces around marks, but with all its lines. */
export function stripped(file: string, code: string): string {
  if (code.includes("/*")) {
    throw new Error(`${file}: found a block comment, only those after // are allowed`);
  }
  return code.split("\n").map((line) => compact(line.replace(/\/\/.*/, "").trim())).join("\n");
}

/** A line without spaces that no token needs: `- -x` and `vec2<f32> = x` keep theirs. */
function compact(line: string): string {
  return line
    .replace(/(?<![>/]) ([=!<>+*-]=|&&|\|\||<<|>>|[-=<>+*/%&|^]) (?![-+*&=<>/])/g, "$1")
    .replace(/ ?([{}()[\];,:]) ?/g, "$1");
}

/**
 * Shortens the declared names of a shader. A name becomes the same in all shaders, if it can, so
 * that it compresses well.
 *
 * @param code a shader without comments
 */
function withShortNames(code: string): string {
  const kept = new Set(["main", ...groups(code, /\boverride\s+(\w+)/g)]);
  for (const body of groups(code, /\bstruct\s+\w+\s*\{([^}]*)\}/g)) {
    for (const field of groups(body, /(\w+)\s*:/g)) kept.add(field);
  }
  const parameters = groups(code, SIGNATURES).flatMap((list) => groups(list, /(\w+)\s*:/g));
  const declared = new Set([...groups(code, DECLARED), ...parameters]);
  const taken = new Set([...RESERVED, ...(code.match(/[A-Za-z_]\w*/g) ?? [])]);
  const short = new Map<string, string>();
  for (const name of [...declared].sort()) {
    if (name.length < 3 || kept.has(name)) continue;
    const found = candidates(name).find((candidate) => !taken.has(candidate));
    if (found === undefined) continue;
    taken.add(found);
    short.set(name, found);
  }
  return code.replace(NAMES, (name) => short.get(name) ?? name);
}

/** Two letters of a name, then its first letter with any other. */
function candidates(name: string): string[] {
  const [first, ...rest] = Array.from(name);
  return [first!, ...[...rest, ...LETTERS].map((letter) => first! + letter)];
}

/** The first group of every match. */
function groups(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, group]) => group!);
}
