/**
 * Loading of modules that bundlers do not follow, so that a page pays only for what it imports.
 *
 * @module
 */

import { InputError } from "./errors.ts";

/**
 * Loads a module by its path from the module that calls this.
 *
 * @param url `import.meta.url` of the caller
 * @param own the path of the caller, without extension, from a folder that both are in
 * @param name the path of the other module from that folder, without extension
 * @returns the module, or undefined in a bundle, which has no such files
 */
export async function loadBeside<Module>(
  url: string,
  own: string,
  name: string,
): Promise<Module | undefined> {
  const path = url.replace(new RegExp(`/${own}(\\.\\w+)$`), `/${name}$1`);
  return path === url ? undefined : await import(/* @vite-ignore */ path);
}

/**
 * The error for code that is not in a bundle.
 *
 * @param what what is not there
 * @param exported what a page can import and pass instead of the name
 * @param from the entry point of the package, such as `/bait`. Default: the main one
 */
export function notInBundle(what: string, exported: string, from = ""): InputError {
  return new InputError(
    `Cannot find ${what} in this bundle: import { ${exported} } from @creel/creel${from}, and give ` +
      "it or its name",
  );
}
