/**
 * Loading of code by a path that bundlers do not follow: a page that imports one strategy must not
 * pay for all of them.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/**
 * Imports a module by its path from another one. In a bundle, where it has no file of its own, it
 * cannot be found.
 *
 * @param url `import.meta.url` of the module that asks
 * @param from the name of the file of that module, without its ending
 * @param to the path from its folder of the module to import, without its ending
 * @param what what is looked for, for the message
 * @param exported the name that a bundle can import instead
 * @throws {InputError} if the module that asks is part of a bundle
 */
export async function loadBeside<Module>(
  url: string,
  from: string,
  to: string,
  what: string,
  exported: string,
): Promise<Module> {
  const path = url.replace(new RegExp(`/${from}(\\.\\w+)$`), `/${to}$1`);
  if (path !== url) return await import(/* @vite-ignore */ path);
  throw new InputError(
    `Cannot find ${what} in this bundle: import { ${exported} } from Creel, and give it or ` +
      "its name",
  );
}
