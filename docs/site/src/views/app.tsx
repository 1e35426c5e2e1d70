/**
 * The page as a whole: the header, the view that is chosen, and what lies over it.
 *
 * @module
 */

import { useEffect } from "preact/hooks";
import { takeFiles } from "../state/project-actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import { DataView } from "./data.tsx";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { Elsewhere, Failed } from "./states.tsx";
import { LabelView } from "./label.tsx";
import { Notice } from "./notice.tsx";
import { ReviewView } from "./review.tsx";

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
  if (store.view.value === "data") return <DataView />;
  if (store.view.value === "review") return <ReviewView />;
  return <LabelView />;
}

/** Files that miss the place for them would otherwise replace the page. */
function dropAnywhere(): () => void {
  const allow = (event: DragEvent) =>
    event.dataTransfer?.types.includes("Files") && event.preventDefault();
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    void takeFiles([...event.dataTransfer.files]);
  };
  addEventListener("dragover", allow);
  addEventListener("drop", drop);
  return () => {
    removeEventListener("dragover", allow);
    removeEventListener("drop", drop);
  };
}
