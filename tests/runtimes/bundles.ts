/** The library in one file, as an application would ship it. */

import { join } from "node:path";
import { transform } from "esbuild";

/**
 * Bundles a module for browsers, Node and Bun alike, in the language of 2022: `using` is rewritten.
 */
export async function bundle(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", entry],
    cwd: join(import.meta.dirname!, "..", ".."),
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { code } = await transform(new TextDecoder().decode(stdout), {
    format: "esm",
    target: "es2022",
  });
  return code;
}
