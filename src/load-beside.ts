/**
 * Loading of modules that bundlers do not follow, so that a page pays only for what it imports.
 *
 * @module
 */

import { InputError } from "./errors.ts";

/**
 * Loads a module by a path next to the module that calls this.
 *
 * @param url `import.meta.url` of the caller
 * @param own the name of the caller's file, without extension
 * @param name the name of the other file, without extension
 * @param otherwise what to do in a bundle, which has no such files: the message of the error
 * @throws {InputError} in a bundle
 */
export async function loadBeside<Module>(
  url: string,
  own: string,
  name: string,
  otherwise: string,
): Promise<Module> {
  const path = url.replace(new RegExp(`/${own}(\\.\\w+)$`), `/${name}$1`);
  if (path === url) throw new InputError(otherwise);
  return await import(/* @vite-ignore */ path);
}
