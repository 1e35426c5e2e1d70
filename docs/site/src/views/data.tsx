/**
 * The page of the project's data: files in and out, its settings, and the other projects.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { theEngine } from "../state/actions.ts";
import { changeProject, type Export, exportFile, removeProject } from "../state/project-actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import { Drop } from "./drop.tsx";
import { Settings } from "./settings.tsx";

const EXPORTS: readonly Export[] = [
  "csv",
  "json",
  "label-studio",
  "npz",
  "head",
  "learner",
  "project",
];

/** The page. */
export function DataView() {
  return (
    <div class="data-view">
      <section class="card">
        <h2>{text.openTitle}</h2>
        <Drop />
        <Projects />
      </section>
      <Settings key={store.opened.value?.project.id} />
      <section class="card">
        <h2>{text.exportTitle}</h2>
        <ul class="exports">
          {EXPORTS.map((kind) => (
            <li key={kind}>
              <button type="button" onClick={() => void exportFile(kind)}>
                {text.exports[kind][0]}
              </button>
              <span class="hint">{text.exports[kind][1]}</span>
            </li>
          ))}
        </ul>
        <p class="hint">{text.privacy}</p>
      </section>
    </div>
  );
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly changed: number;
}

function Projects() {
  const [projects, setProjects] = useState<readonly Entry[]>([]);
  const open = store.opened.value?.project.id;
  const read = () => void theEngine().projects().then(setProjects);
  useEffect(read, [open]);
  return (
    <ul class="projects" aria-label={text.projectsName}>
      {projects.map(({ id, name, changed }) => (
        <li key={id} aria-current={id === open}>
          <button type="button" disabled={id === open} onClick={() => void changeProject(id)}>
            {name}
          </button>
          <span class="hint">{changed > 0 ? text.changed(new Date(changed)) : ""}</span>
          {id !== open && changed > 0 && (
            <button
              type="button"
              class="quiet"
              aria-label={text.removeProject(name)}
              onClick={() => void removeProject(id).then(read)}
            >
              {text.remove}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
