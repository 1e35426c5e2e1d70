/**
 * The labeling page: draws it, listens to keys, and opens the project.
 *
 * @module
 */

import { render } from "preact";
import { openProject, theEngine, watchTabs } from "./state/actions.ts";
import { listenToKeys } from "./state/keyboard.ts";
import { App } from "./views/app.tsx";

theEngine(); // The worker loads while the page is drawn.
render(<App />, document.getElementById("app")!);
listenToKeys();
watchTabs();
void openProject(new URLSearchParams(location.search).get("project") ?? "digits");
