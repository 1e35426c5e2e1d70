/** Runs the command line in this process, and returns its exit status and output. */

import process from "node:process";
import { main } from "../../src/cli/main.ts";
import { inFolder } from "../io/fixtures.ts";

/** What a command answered. */
export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Confirms that a text was written, as standard output does. */
type Written = (error?: Error) => void;

/** The caught streams; tests of failing ones replace the method. */
export const caught = {
  /** Takes a text that the command line writes. */
  take(text: string, written?: Written): string {
    written?.();
    return text;
  },
};

/** Runs the command line with its output caught. */
export function creel(...args: string[]): Promise<Outcome> {
  return catching(() => main(args));
}

/** Runs a part of the command line, which returns the exit status, with its output caught. */
export async function catching(work: () => Promise<number>): Promise<Outcome> {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  const texts = ["", ""];
  streams.forEach((stream, at) => {
    stream.write = ((chunk: string | Uint8Array, written?: Written) => {
      texts[at]! += stream === process.stdout ? caught.take(String(chunk), written) : chunk;
      return true;
    }) as typeof stream.write;
  });
  try {
    const status = await work();
    return { status, out: texts[0]!, err: texts[1]! };
  } finally {
    streams.forEach((stream, at) => stream.write = originals[at]!);
    // A program ends with its command; here the next command comes.
    process.removeAllListeners("SIGINT");
  }
}

/** Runs the command line as a program of its own. */
export async function creelProcess(
  args: readonly string[],
  options: Deno.CommandOptions = {},
): Promise<Outcome> {
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", main, ...args],
    env: { NO_COLOR: "1" },
    ...options,
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { status: output.code, out: decode(output.stdout), err: decode(output.stderr) };
}

/** Files by name. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** Runs a test in a folder with files. */
export async function withFiles(
  files: Files,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    await test(folder);
  });
}

/** The names in a folder, sorted. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
