/**
 * Where files are dropped or chosen. Files may be dropped anywhere on the page, too.
 *
 * @module
 */

import { droppedFiles } from "../files/dropped.ts";
import { fail } from "../state/actions.ts";
import { takeFiles } from "../state/project-actions.ts";
import { text } from "../text.ts";

/** The place for files. */
export function Drop() {
  return (
    <label
      class="drop"
      data-creel="drop"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void droppedFiles(event.dataTransfer).then(takeFiles, fail);
      }}
    >
      <strong>{text.drop}</strong>
      <span>{text.dropHint}</span>
      <input
        class="hidden"
        type="file"
        multiple
        onChange={({ currentTarget }) => {
          void takeFiles([...currentTarget.files ?? []]);
          currentTarget.value = "";
        }}
      />
    </label>
  );
}
