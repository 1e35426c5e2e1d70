/**
 * The files in what a person drops: also those in folders.
 *
 * @module
 */

/** All files that were dropped; folders are read with everything in them. */
export async function droppedFiles(transfer: DataTransfer | null): Promise<File[]> {
  // The entries must be taken before anything is awaited.
  const entries = [...transfer?.items ?? []].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer?.files ?? []];
  return (await Promise.all(entries.map(filesIn))).flat();
}

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [
      await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject)
      ),
    ];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  // Each call gives some of the entries, and none at the end.
  while (true) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (entries.length === 0) return found;
    found.push(...(await Promise.all(entries.map(filesIn))).flat());
  }
}
