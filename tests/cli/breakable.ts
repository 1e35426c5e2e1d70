/** Commands that are broken at every call, and what must be left of them. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../io/fixtures.ts";
import { creel, type Outcome } from "./creel.ts";
import { counted, injected, type Leaks, Replaced, type Site } from "./faults.ts";

/** A command to break. */
export interface Breakable {
  /** The arguments; `@` stands for the folder. */
  readonly args: string;
  /** Runs something else instead. */
  readonly run?: (folder: string) => Promise<Outcome>;
  /** Writes its input, and what it replaces, which must stay as it is if the command fails. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Makes the command cheap. */
  readonly around?: (replaced: Replaced) => void;
  /** The new files that a failed command may leave: whole ones, with which it goes on. */
  readonly resumes?: RegExp;
}

/** The files of a folder and of the folders in it, by path; the paths of folders end in `/`. */
export async function snapshot(folder: string, inner = ""): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(join(folder, inner))) {
    const path = join(inner, name);
    if (isDirectory) {
      files.set(`${path}/`, "");
      for (const [key, text] of await snapshot(folder, path)) files.set(key, text);
    } else files.set(path, await Deno.readTextFile(join(folder, path)));
  }
  return files;
}

/** Runs a command in a folder of its own, and returns what it did and what it left. */
async function attempted(
  { args, run, prepare, around }: Breakable,
  sites: readonly Site[],
  nth?: number,
) {
  let found!: Outcome & { calls: readonly number[]; leaks: Leaks };
  let [before, after] = [new Map<string, string>(), new Map<string, string>()];
  await inFolder(async (folder) => {
    await prepare?.(folder);
    before = await snapshot(folder);
    using account = counted();
    using replaced = new Replaced();
    around?.(replaced);
    using faults = injected(sites, nth);
    const outcome = await (run?.(folder) ?? creel(...args.replaceAll("@", folder).split(" ")));
    found = { ...outcome, calls: faults.calls, leaks: account.leaks() };
    after = await snapshot(folder);
  });
  return { ...found, before, after };
}

/**
 * Breaks a command at each site at the calls that it makes there, and looks at what is left.
 *
 * @param most the largest number of faults at a site; beyond it, calls in between are left out
 * @returns the number of faults
 */
export async function breaks(
  command: Breakable,
  sites: readonly Site[],
  most = Infinity,
): Promise<number> {
  const intact = await attempted(command, sites);
  assert.equal(intact.status, 0, intact.err);
  assert.deepEqual(intact.leaks, { files: 0, bytes: 0, devices: 0 }, command.args);
  let faults = 0;
  for (const [at, site] of sites.entries()) {
    const stride = Math.max(1, Math.ceil(intact.calls[at]! / (site.most ?? most)));
    for (let nth = 1; nth <= intact.calls[at]!; nth += stride) {
      if (await breaksAt(command, site, nth)) faults++;
    }
  }
  return faults;
}

/** Breaks a command at one call, and returns whether the command got there. */
export async function breaksAt(command: Breakable, site: Site, nth: number): Promise<boolean> {
  const found = await attempted(command, [site], nth);
  const where = `${command.args}: ${site.name}, call ${nth}\n${found.err}`;
  const reached = found.calls[0]! >= nth;
  assert.ok(reached || site.varies, `not reached: ${where}`);
  assert.deepEqual(found.leaks, { files: 0, bytes: 0, devices: 0 }, where);
  if (site.harmless || !reached) assert.equal(found.status, 0, where);
  else checkFailed(found, command, site, where);
  return reached;
}

function checkFailed(
  { status, err, before, after }: Awaited<ReturnType<typeof attempted>>,
  { resumes }: Breakable,
  { status: expected, printing }: Site,
  where: string,
): void {
  assert.equal(status, expected, where);
  assert.match(err, /^creel: [A-Z][^\n]*[^.\n]\n$/, where);
  // The results are complete before anything is printed.
  if (printing) return;
  for (const [path, text] of before) assert.equal(after.get(path), text, `${path} at ${where}`);
  for (const path of after.keys()) {
    assert.ok(before.has(path) || resumes?.test(path), `${path} is left at ${where}`);
  }
}
