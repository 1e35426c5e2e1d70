/**
 * Faults at the border of the program: a call of the system or of WebGPU that fails at the n-th
 * time, and an account of what was opened and closed.
 */

import fs, { type FileHandle } from "node:fs/promises";
import { DeviceError } from "../../src/errors.ts";
import { Ledger } from "../../src/device/tensor.ts";
import { caught } from "./creel.ts";

/** What may fail. */
export interface Site {
  /** The name, for messages. */
  readonly name: string;
  /** The object whose method is called. */
  readonly owner: object;
  /** The method. */
  readonly method: string;
  /** Whether a call is one of the site. Default: every call of the method. */
  readonly applies?: (self: unknown) => boolean;
  /** The exit status of the command. */
  readonly status: 2 | 3;
  /** The largest number of faults. Default: one for each call. */
  readonly most?: number;
  /** Whether the command has done its work, and only tells about it. */
  readonly printing?: boolean;
  /** Whether the number of calls depends on the time that work takes. */
  readonly varies?: boolean;
  /** Whether the command must succeed all the same. */
  readonly harmless?: boolean;
  /** Makes the failed call: it rejects, throws or calls back. */
  fail(call: Call): unknown;
}

/** One call of a method. */
export interface Call {
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly original: (...args: unknown[]) => unknown;
}

/** An error as the system reports it. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** The prototype of open files. */
const handle = await (async () => {
  const file = await fs.open(new URL(import.meta.url));
  await file.close();
  return Object.getPrototypeOf(file) as FileHandle;
})();

/** The open files that something was written to. */
const written = new WeakSet<FileHandle>();

const rejecting = (code: string) => () => Promise.reject(systemError(code));

/** A call that does its work and fails nevertheless. */
const late = (code: string) => async ({ self, args, original }: Call) => {
  await original.apply(self, [...args]);
  throw systemError(code);
};

const onFile = (name: string, method: string, fail: Site["fail"]): Site => ({
  name,
  owner: handle,
  method,
  status: 2,
  fail,
});
const onFolder = (method: string, code: string): Site => ({
  name: method,
  owner: fs,
  method,
  status: 2,
  fail: rejecting(code),
});

/** The calls of the system. */
export const FILE_SITES: readonly Site[] = [
  onFolder("open", "EMFILE"),
  onFolder("stat", "EACCES"),
  onFolder("lstat", "EIO"),
  onFolder("readdir", "EIO"),
  onFolder("mkdir", "ENOSPC"),
  onFolder("rm", "EPERM"),
  onFolder("rename", "EIO"),
  onFile("handle.stat", "stat", rejecting("EIO")),
  onFile("read", "read", rejecting("EIO")),
  onFile("write", "writeFile", rejecting("ENOSPC")),
  onFile("a write that breaks off", "writeFile", async ({ self, args, original }) => {
    const [data] = args as [string | Uint8Array];
    await original.call(self, data.slice(0, data.length / 2));
    throw systemError("ENOSPC");
  }),
  onFile("sync", "sync", rejecting("EIO")),
  // The file is closed nevertheless: no leak may be that of the test.
  {
    ...onFile("close of a file that was written", "close", late("EIO")),
    applies: (self) => written.has(self as FileHandle),
  },
  {
    ...onFile("close of a file that was read", "close", late("EIO")),
    applies: (self) => !written.has(self as FileHandle),
    harmless: true,
  },
  {
    name: "fetch",
    owner: globalThis,
    method: "fetch",
    status: 2,
    fail: () => Promise.reject(new TypeError("injected")),
  },
  {
    name: "standard output, as a file on a full disk",
    owner: caught,
    method: "take",
    status: 2,
    printing: true,
    fail() {
      throw systemError("ENOSPC");
    },
  },
  {
    name: "standard output, as a pipe on a failing host",
    owner: caught,
    method: "take",
    status: 2,
    printing: true,
    fail({ args }) {
      (args[1] as (error: Error) => void)(systemError("EIO"));
      return "";
    },
  },
];

const onGpu = (owner: object, method: string, fail: Site["fail"]): Site => ({
  name: `${method}, ${fail === refuse ? "which throws" : "which rejects"}`,
  owner,
  method,
  status: 3,
  // The length of a slice depends on the time, and waits and readbacks on the slices.
  varies: true,
  fail,
});
const refuse = () => {
  throw new DOMException("injected", "OperationError");
};
const reject = () => Promise.reject(new DOMException("injected", "OperationError"));

/** The calls that allocate memory on the CPU device; what they fail like is a full device. */
export const MEMORY_SITE: Site = {
  name: "device memory",
  owner: Ledger.prototype,
  method: "take",
  status: 3,
  fail() {
    throw new DeviceError("Memory failed");
  },
};

/** The calls of WebGPU. */
export function gpuSites(): readonly Site[] {
  return [
    onGpu(navigator.gpu, "requestAdapter", reject),
    onGpu(GPUAdapter.prototype, "requestDevice", reject),
    onGpu(GPUDevice.prototype, "createBuffer", refuse),
    { ...onGpu(GPUDevice.prototype, "popErrorScope", reject), most: 3 },
    onGpu(GPUBuffer.prototype, "mapAsync", reject),
    onGpu(GPUQueue.prototype, "onSubmittedWorkDone", reject),
  ];
}

/** What was opened while an {@linkcode Account} was held, and not closed. */
export interface Leaks {
  /** Open files. */
  readonly files: number;
  /** Bytes of device memory. */
  readonly bytes: number;
  /** GPUDevices that were not destroyed. */
  readonly devices: number;
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** Methods that are replaced for a time. */
export class Replaced implements Disposable {
  readonly #undo: (() => void)[] = [];

  /** Replaces a method until the end of the block. */
  replace(owner: object, method: string, by: (call: Call) => unknown): void {
    const own = Object.getOwnPropertyDescriptor(owner, method);
    const original = (owner as Methods)[method]!;
    const value = function (this: unknown, ...args: unknown[]) {
      return by({ self: this, args, original });
    };
    Object.defineProperty(owner, method, { value, configurable: true, writable: true });
    this.#undo.push(() => {
      if (own) Object.defineProperty(owner, method, own);
      else Reflect.deleteProperty(owner, method);
    });
  }

  [Symbol.dispose]() {
    for (const undo of this.#undo.reverse()) undo();
  }
}

/** Counts the calls of sites, of which the n-th one fails. */
export function injected(
  sites: readonly Site[],
  nth = Infinity,
): Disposable & { readonly calls: readonly number[] } {
  const replaced = new Replaced();
  const calls = sites.map(() => 0);
  sites.forEach((site, at) =>
    replaced.replace(site.owner, site.method, (call) => {
      const { self, args, original } = call;
      if (site.applies?.(self) !== false && ++calls[at]! === nth) return site.fail(call);
      return original.apply(self, [...args]);
    })
  );
  return { calls, [Symbol.dispose]: () => replaced[Symbol.dispose]() };
}

/** Counts files, device memory and GPUDevices. */
export function counted(): Disposable & { leaks(): Leaks } {
  const replaced = new Replaced();
  const ledgers = new Set<Ledger>();
  const files = new Set<unknown>();
  let devices = 0;
  const pass = ({ self, args, original }: Call) => original.apply(self, [...args]);
  replaced.replace(fs, "open", async (call) => {
    const file = await pass(call);
    files.add(file);
    return file;
  });
  replaced.replace(handle, "close", async (call) => {
    await pass(call);
    files.delete(call.self);
  });
  replaced.replace(handle, "writeFile", (call) => {
    written.add(call.self as FileHandle);
    return pass(call);
  });
  replaced.replace(Ledger.prototype, "take", (call) => {
    ledgers.add(call.self as Ledger);
    return pass(call);
  });
  if (typeof GPUAdapter !== "undefined") {
    replaced.replace(GPUAdapter.prototype, "requestDevice", async (call) => {
      const device = await pass(call);
      devices++;
      return device;
    });
    replaced.replace(GPUDevice.prototype, "destroy", (call) => {
      devices--;
      return pass(call);
    });
  }
  return {
    leaks() {
      const bytes = [...ledgers].reduce((sum, ledger) => sum + ledger.bytes + ledger.count, 0);
      return { files: files.size, bytes, devices };
    },
    [Symbol.dispose]: () => replaced[Symbol.dispose](),
  };
}
