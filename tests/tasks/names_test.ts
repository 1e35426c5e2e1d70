import assert from "node:assert/strict";
import { exportedNames, repeated } from "../../tasks/names.ts";

Deno.test("names: what a module exports is found, a type and a value of one name once", () => {
  const code = [
    "export const A = 1;",
    "export type A = typeof A;",
    "export async function b() {}",
    "export abstract class C {}",
    "export { d } from './d.ts';",
    "const e = 1;",
    "  export const inside = 1;",
  ].join("\n");
  assert.deepEqual(exportedNames(code), ["A", "b", "C"]);
});

Deno.test("names: a name that two files export is said with both", () => {
  const files = new Map([
    ["a.ts", "export function same() {}\nexport function other() {}\n"],
    ["b.ts", "export interface same {}\n"],
  ]);
  assert.deepEqual(repeated(files), ["same is exported by a.ts and b.ts"]);
});
