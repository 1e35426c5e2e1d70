/**
 * The command line of Creel.
 *
 * The exit status is 0 on success, 2 for wrong arguments or input and for files that cannot be read
 * or written, 3 for errors of the device, 70 for errors that nobody foresaw, 130 after Ctrl-C, and
 * 141 if the reader of standard output has ended.
 *
 * @module
 */

import process from "node:process";
import { InputError } from "../errors.ts";
import { type Command, helpOf, parse } from "./command.ts";
import { demoCommand } from "./demo/demo.ts";
import { doctorCommand } from "./doctor.ts";
import { type Circumstances, explain, STATUSES } from "./failure.ts";
import { nearest } from "./nearest.ts";
import { print } from "./output.ts";
import { reportCommand } from "./simulate/report.ts";
import { selectCommand } from "./select.ts";
import { simulateCommand } from "./simulate/simulate.ts";
import { strategiesCommand } from "./strategies.ts";
import { trainCommand } from "./train.ts";
import { VERSION } from "./version.ts";

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
    "creel COMMAND --help shows the options of a command, and creel --version the version.",
    "",
    "Exit status:",
    ...STATUSES.map(([status, meaning]) => `  ${String(status).padEnd(12)}${meaning}`),
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
    return explain(error, circumstancesOf(args));
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    await print(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "version" || name === "--version") {
    await print(`creel ${VERSION}\n`);
    return 0;
  }
  const command = commandOf(name);
  if (!command) {
    const near = nearest(name, COMMANDS.map((candidate) => candidate.name));
    throw new InputError(
      `Unknown command ${name}: ${near ? `did you mean ${near}?` : "see creel --help"}`,
    );
  }
  const { positionals, given } = parse(command, rest);
  if (given["help"]) await print(helpOf(command));
  else await command.run(positionals, given);
  return 0;
}

function commandOf(name: string | undefined): Command | undefined {
  return COMMANDS.find((candidate) => candidate.name === name);
}

function circumstancesOf(args: readonly string[]): Circumstances {
  return { command: commandOf(args[0])?.name, verbose: args.includes("--verbose") };
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  // What no code awaits: an event, a timer, a promise that was dropped.
  const end = (error: unknown) => process.exit(explain(error, circumstancesOf(args)));
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
  process.exitCode = await main(args);
}
