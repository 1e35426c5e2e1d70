/**
 * The labeling page: draws it, listens to keys, and opens the project.
 *
 * @module
 */

import { render } from "preact";
import { openProject, watchTabs } from "./state/actions.ts";
import { askedFor } from "./state/address.ts";
import { listenToKeys } from "./state/keyboard.ts";
import { App } from "./views/app.tsx";

render(<App />, document.getElementById("app")!);
listenToKeys();
watchTabs();
void openProject(askedFor(location.search).project);
