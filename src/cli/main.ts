/**
 * The command line of Creel.
 *
 * The exit status is 0 on success, 2 for wrong arguments or input, 3 for errors of the device, and
 * 130 after Ctrl-C.
 *
 * @module
 */

import process from "node:process";
import { DeviceError, InputError } from "../errors.ts";
import { shortened } from "../shortened.ts";
import { type Command, helpOf, parse } from "./command.ts";
import { demoCommand } from "./demo/demo.ts";
import { doctorCommand } from "./doctor.ts";
import { nearest } from "./nearest.ts";
import { reportCommand } from "./simulate/report.ts";
import { selectCommand } from "./select.ts";
import { simulateCommand } from "./simulate/simulate.ts";
import { strategiesCommand } from "./strategies.ts";
import { trainCommand } from "./train.ts";

/** The most characters of a message. */
const MAX_MESSAGE_LENGTH = 2000;

/** The commands, in the order of the help. */
const COMMANDS: readonly Command[] = [
  demoCommand,
  selectCommand,
  trainCommand,
  simulateCommand,
  reportCommand,
  strategiesCommand,
  doctorCommand,
];

/** The help of the program. */
function overview(): string {
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`);
  return [
    "Creel picks which samples of an unlabeled pool a person should label next.",
    "",
    "Usage: creel COMMAND [ARGUMENTS] [OPTIONS]",
    "",
    "Commands:",
    ...lines,
    "",
    "creel COMMAND --help shows the options of a command.",
    "",
  ].join("\n");
}

/**
 * Runs the command line.
 *
 * @param args the arguments after the name of the program
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if (error instanceof InputError) return fail(error.message, 2);
    if (error instanceof DeviceError) return fail(error.message, 3);
    if (error instanceof DOMException && error.name === "AbortError") {
      const explained = error.message.startsWith("Interrupted");
      return fail(explained ? error.message : "Interrupted: nothing was written", 130);
    }
    throw error;
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    const near = nearest(name, COMMANDS.map((candidate) => candidate.name));
    throw new InputError(
      `Unknown command ${name}: ${near ? `did you mean ${near}?` : "see creel --help"}`,
    );
  }
  const { positionals, given } = parse(command, rest);
  if (given["help"]) process.stdout.write(helpOf(command));
  else await command.run(positionals, given);
  return 0;
}

function fail(message: string, status: number): number {
  // A name in a damaged file can be a megabyte long.
  process.stderr.write(`creel: ${shortened(message, MAX_MESSAGE_LENGTH)}\n`);
  return status;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
