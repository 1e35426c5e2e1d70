/**
 * Tabs that have the same project open notice one another: one of them labels, and another one can
 * take over.
 *
 * @module
 */

/** The hold of this tab on a project. */
export interface Hold {
  /** Whether this tab may label. */
  readonly held: boolean;
  /** Lets other tabs label; resolves when they can. */
  release(): Promise<void>;
}

/**
 * Asks to be the tab that labels a project.
 *
 * @param id the key of the project
 * @param steal whether another tab loses the project
 * @param onLost is called when another tab takes the project over
 */
export async function holdProject(
  id: string,
  steal: boolean,
  onLost: () => void,
): Promise<Hold> {
  let letGo = () => {};
  const until = new Promise<void>((resolve) => letGo = resolve);
  let released: Promise<void> = Promise.resolve();
  const held = await new Promise<boolean>((resolve) => {
    const options = steal ? { steal } : { ifAvailable: true };
    released = navigator.locks.request(`creel:${id}`, options, (lock) => {
      resolve(lock !== null);
      return lock ? until : undefined;
    }).catch(onLost);
  });
  const release = () => {
    letGo();
    return released;
  };
  return { held, release };
}

/** Hears from other tabs that a project has changed. */
export function onChangesElsewhere(listener: (id: string) => void): void {
  channel().addEventListener("message", ({ data }) => listener(String(data)));
}

/** Tells other tabs that a project has changed. */
export function announceChange(id: string): void {
  channel().postMessage(id);
}

let shared: BroadcastChannel | undefined;

function channel(): BroadcastChannel {
  return shared ??= new BroadcastChannel("creel");
}
