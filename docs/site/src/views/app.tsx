/**
 * The page as a whole: the header, the view that is chosen, and what lies over it.
 *
 * @module
 */

import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { droppedFiles } from "../files/dropped.ts";
import { fail } from "../state/actions.ts";
import { takeFiles } from "../state/project-actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { Elsewhere, Failed } from "./states.tsx";
import { LabelView } from "./label.tsx";
import { Later } from "./later.tsx";
import { Notice } from "./notice.tsx";

/** The code of the views that are not shown at first. */
const LATER: Readonly<Record<Exclude<store.View, "label">, () => Promise<ComponentType>>> = {
  map: async () => (await import("./map.tsx")).MapView,
  review: async () => (await import("./review.tsx")).ReviewView,
  data: async () => (await import("./data.tsx")).DataView,
};

/** The page. */
export function App() {
  useEffect(dropAnywhere, []);
  return (
    <>
      <a class="skip-link" href="#main">{text.skipLink}</a>
      <Header />
      <Notice />
      <main id="main">
        <Current />
      </main>
      <p class="hidden" role="status" aria-live="polite">{store.spoken}</p>
      <Help />
    </>
  );
}

function Current() {
  if (store.phase.value === "elsewhere") return <Elsewhere />;
  if (store.phase.value === "failed") return <Failed />;
  const view = store.view.value;
  return view === "label" ? <LabelView /> : <Later key={view} load={LATER[view]} />;
}

/** Files that miss the place for them would otherwise replace the page. */
function dropAnywhere(): () => void {
  const allow = (event: DragEvent) =>
    event.dataTransfer?.types.includes("Files") && event.preventDefault();
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    void droppedFiles(event.dataTransfer).then(takeFiles, fail);
  };
  addEventListener("dragover", allow);
  addEventListener("drop", drop);
  return () => {
    removeEventListener("dragover", allow);
    removeEventListener("drop", drop);
  };
}
