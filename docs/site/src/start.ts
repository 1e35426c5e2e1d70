/**
 * The first script of the page: it starts the worker, which loads while the page itself does (a
 * third of a second earlier than from `main.tsx`).
 *
 * @module
 */

import { engineWorker } from "./state/engine-worker.ts";

engineWorker();
