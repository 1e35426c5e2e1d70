/**
 * The page as a whole: the header, the view that is chosen, and what lies over it.
 *
 * @module
 */

import { fail } from "../state/actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { Elsewhere, Failed } from "./states.tsx";
import { LabelView } from "./label.tsx";
import { Notice } from "./notice.tsx";

/** The page. */
export function App() {
  return (
    <>
      <a class="skip-link" href="#main">{text.skipLink}</a>
      <Header />
      <Notice />
      <main id="main" onError={fail}>
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
  return <LabelView />;
}
