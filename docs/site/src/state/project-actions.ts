/**
 * What a person can do with projects and files.
 *
 * @module
 */

import { download, fileStem } from "../files/download.ts";
import { labelsCsv, labelsJson, labelStudioJson } from "../files/labels.ts";
import { text } from "../text.ts";
import type { ProjectSettings } from "../worker/protocol.ts";
import { fail, openProject, theEngine } from "./actions.ts";
import * as store from "./store.ts";

/** The files that can be exported. */
export type Export = "csv" | "json" | "label-studio" | "npz" | "head" | "learner" | "project";

/** Opens another project, and remembers it in the address. */
export async function changeProject(id: string): Promise<void> {
  const address = new URL(location.href);
  address.searchParams.set("project", id);
  history.replaceState(undefined, "", address);
  store.oracle.value = false;
  store.notice.value = undefined;
  store.opened.value = undefined;
  await openProject(id);
}

/** Takes files that were dropped or chosen. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  store.notice.value = { error: false, text: text.reading(files.length) };
  try {
    const id = await theEngine().take([...files]);
    await changeProject(id);
    store.view.value = "label";
  } catch (error) {
    fail(error);
  }
}

/** Changes the settings of the open project; returns whether they were accepted. */
export async function configure(settings: ProjectSettings): Promise<boolean> {
  const id = store.opened.value?.project.id;
  if (id === undefined) return false;
  try {
    await theEngine().configure(settings);
    await changeProject(id);
    return true;
  } catch (error) {
    fail(error);
    return false;
  }
}

/** Removes a project that is not open. */
export async function removeProject(id: string): Promise<void> {
  await theEngine().remove(id);
}

/** Offers a file of the open project to be saved. */
export async function exportFile(kind: Export): Promise<void> {
  const project = store.opened.value?.project;
  if (!project) return;
  const stem = fileStem(project.name);
  const { labels } = store.snapshot.value;
  try {
    if (kind === "csv") download(`${stem}-labels.csv`, labelsCsv(project, labels));
    else if (kind === "json") download(`${stem}-labels.json`, labelsJson(project, labels));
    else if (kind === "label-studio") {
      download(`${stem}-label-studio.json`, labelStudioJson(project, labels));
    } else if (kind === "npz") {
      download(`${stem}-labels.npz`, await theEngine().exportLabels());
    } else if (kind === "head") {
      download(`${stem}-head.safetensors`, await theEngine().exportHead());
    } else if (kind === "learner") {
      download(`${stem}-learner.json`, await theEngine().exportLearner());
    } else download(`${stem}.creel`, await theEngine().exportProject());
  } catch (error) {
    fail(error);
  }
}
