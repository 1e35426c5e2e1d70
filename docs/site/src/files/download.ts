/**
 * Files that a person saves.
 *
 * @module
 */

/**
 * Offers a file to be saved.
 *
 * @param name the name of the file
 * @param content its text or bytes
 */
export function download(name: string, content: string | Uint8Array<ArrayBuffer>): void {
  const address = URL.createObjectURL(new Blob([content]));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A part of a file name, from the name of a project. */
export function fileStem(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "creel";
}
