/** A page of headless Chromium with the bundled library, and calls into it. */

import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Calls } from "./page.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** No window, and nothing that calls home. */
export const QUIET_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

/** With WebGPU on SwiftShader. */
export const CHROMIUM_FLAGS = [
  ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  ...QUIET_FLAGS,
];

/** Where Chromium is, if it is on PATH. */
export function findChromium(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** What the page allows itself: only what comes from its own server. No icon is asked for. */
const POLICY = "default-src 'self'; img-src data:";

/** A page that holds the library. Everything that goes wrong on it is kept in `errors`. */
export class LibraryPage implements AsyncDisposable {
  /** Uncaught errors and everything that the console showed as an error or a warning. */
  readonly errors: string[] = [];
  /** The addresses of all requests that the page made. */
  readonly requests: string[] = [];

  private constructor(
    private readonly server: Deno.HttpServer,
    private readonly browser: Browser,
    private readonly page: Page,
  ) {
    page.on("pageerror", (error) => this.errors.push(`uncaught: ${error.message}`));
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.errors.push(message.text());
    });
  }

  /** Serves the page with a script, that of {@linkcode bundlePage} if left out, and opens it. */
  static async open(executablePath: string, script?: string): Promise<LibraryPage> {
    const bundle = script ?? await bundlePage();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => answer(new URL(request.url).pathname, bundle),
    );
    const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    const opened = new LibraryPage(server, browser, await browser.newPage());
    await opened.page.goto(`http://localhost:${(server.addr as Deno.NetAddr).port}/`);
    return opened;
  }

  /** Calls a function of the page. */
  async call<Name extends keyof Calls>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<Awaited<ReturnType<Calls[Name]>>> {
    return await this.page.evaluate(
      ([name, args]) =>
        (globalThis as unknown as { calls: Record<string, (...args: unknown[]) => never> })
          .calls[name]!(...args),
      [name, args] as const,
    );
  }

  /** Closes the browser and the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.server.shutdown();
  }
}

/** The page's script: the library and the comparison with the golden files, in one file. */
export async function bundlePage(): Promise<string> {
  const page = join(import.meta.dirname!, "page.ts");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", page],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function answer(path: string, bundle: string): Promise<Response> {
  const respond = (body: BodyInit, type: string) =>
    new Response(body, { headers: { "content-type": type, "content-security-policy": POLICY } });
  if (path === "/") {
    // The icon is given, so that the browser does not ask for one and report that it is missing.
    const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">`;
    return respond(`${head}<script type="module" src="/page.js"></script>`, "text/html");
  }
  if (path === "/page.js") return respond(bundle, "text/javascript");
  const [, name] = path.match(/^\/golden\/(\w+\.(?:json|npz))$/) ?? [];
  if (name === undefined) return new Response("not here", { status: 404 });
  const file = join(import.meta.dirname!, "..", "golden", name);
  return respond(await Deno.readFile(file), "application/octet-stream");
}
