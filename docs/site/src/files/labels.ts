/**
 * Labels as files for other programs.
 *
 * @module
 */

import type { LabelInfo, ProjectInfo } from "../worker/protocol.ts";

/** What the files are made of. */
type Project = Pick<ProjectInfo, "name" | "classes" | "images">;

/** A table with a header: the row, the class and its name, the image, and who asked for it. */
export function labelsCsv({ classes, images }: Project, labels: readonly LabelInfo[]): string {
  const lines = labels.map(({ row, label, round, strategy, time }) => [
    String(row),
    String(label),
    quoted(classes[label]!),
    ...(images ? [quoted(images[row]!)] : []),
    String(round),
    strategy ?? "",
    time,
  ]);
  const head = ["row", "label", "class", ...(images ? ["image"] : []), "round", "strategy", "time"];
  return `${[head, ...lines].map((cells) => cells.join(",")).join("\n")}\n`;
}

/** One object: the classes, and a list of labels. */
export function labelsJson(
  { name, classes, images }: Project,
  labels: readonly LabelInfo[],
): string {
  const list = labels.map(({ row, label, round, strategy, time }) => ({
    row,
    label,
    class: classes[label],
    ...(images && { image: images[row] }),
    round,
    ...(strategy !== undefined && { strategy }),
    time,
  }));
  return JSON.stringify({ project: name, classes, labels: list }, undefined, 2);
}

/** The tasks of Label Studio with choices as annotations; the images are called by their names. */
export function labelStudioJson(
  { classes, images }: Project,
  labels: readonly LabelInfo[],
): string {
  const tasks = labels.map(({ row, label }) => ({
    data: { image: images?.[row] ?? `row ${row}`, row },
    annotations: [{
      result: [{
        from_name: "label",
        to_name: "image",
        type: "choices",
        value: { choices: [classes[label]] },
      }],
    }],
  }));
  return JSON.stringify(tasks, undefined, 2);
}

/**
 * A cell of text. Spreadsheets run a text as a formula if it starts with one of the characters
 * below, so that an apostrophe comes before it, which they do not show.
 */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
