/**
 * Keeps a project on a device: looks for a GPU once it has started on the CPU, and replaces a
 * device that is lost, even while nothing is computed. Labels can be given all the time.
 *
 * @module
 */

import { DeviceError } from "../creel.ts";
import type { ProjectData } from "./data.ts";
import { type OpenedDevice, openPageDevice } from "./device.ts";
import type { DeviceWish, Note, ProjectSettings } from "./protocol.ts";
import { learnerOn, type Running, startOn, stop } from "./running.ts";

/** What a device is opened for. */
export interface Hosted {
  /** The data of the project. */
  readonly data: ProjectData;
  /** The settings of the project, as they are now. */
  readonly settings: () => ProjectSettings;
  /** The kind of device that the person wants. */
  readonly wish: DeviceWish;
  /** Receives the news about devices. */
  readonly notify: (note: Note) => void;
}

/** The device of a project. */
export class Host {
  #running!: Running;
  #better: OpenedDevice | undefined;
  #moving: Promise<void> | undefined;
  #closed = false;

  /**
   * Hosts a project that is on a device.
   *
   * @param running the project on its device
   * @param hosted what other devices are opened for
   */
  constructor(running: Running, private readonly hosted: Hosted) {
    this.#use(running);
  }

  /** The project on its device. */
  get running(): Running {
    return this.#running;
  }

  /** Says which device there is; the next computation moves to a GPU. */
  async lookForGpu(): Promise<void> {
    const device = await openPageDevice("auto");
    if (this.#closed || device.info.kind === "cpu") device.device.dispose();
    else this.#better = device;
    this.hosted.notify({ kind: "device", device: device.info });
  }

  /**
   * Computes on the device. If it fails, another one is opened and the work repeated: first as the
   * person wished, then on the CPU.
   */
  async compute<T>(work: (running: Running) => Promise<T>): Promise<T> {
    const better = this.#better;
    this.#better = undefined;
    if (better) await this.#moveTo(better).catch(() => better.device.dispose());
    for (const wish of [this.hosted.wish, "cpu"] as const) {
      const running = this.#running;
      try {
        return await work(running);
      } catch (error) {
        if (!(error instanceof DeviceError) || this.#closed) throw error;
        await (this.#moving ??= this.#replace(running, wish, error.message));
      }
    }
    return await work(this.#running);
  }

  /** Frees the device; running work ends. */
  close(): void {
    this.#closed = true;
    this.#better?.device.dispose();
    stop(this.#running);
  }

  /** Opens another device, unless that happened already. */
  async #replace(failed: Running, wish: DeviceWish, lost: string): Promise<void> {
    try {
      if (this.#running !== failed) return;
      const device = await openPageDevice(wish);
      const { info } = await this.#moveTo(device).then(() => device, async () => {
        device.device.dispose();
        const cpu = await openPageDevice("cpu");
        await this.#moveTo(cpu);
        return cpu;
      });
      this.hosted.notify({ kind: "device", device: info, lost });
    } finally {
      this.#moving = undefined;
    }
  }

  async #moveTo(device: OpenedDevice): Promise<void> {
    const { data, settings } = this.hosted;
    const { learner } = this.#running;
    let next = await startOn(device, data, settings(), learner.toJSON());
    // What was labeled meanwhile.
    while (learner.history.length > next.learner.history.length) {
      const newer = await learnerOn(next.pool, device.info, data, settings(), learner.toJSON());
      next.learner.dispose();
      next = { ...next, learner: newer };
    }
    const before = this.#running;
    this.#use(next);
    stop(before);
  }

  #use(running: Running): void {
    this.#running = running;
    const { device } = running.device;
    void device.gpu?.lost.then(() => {
      if (this.#running !== running || this.#closed) return;
      // A failure here is met again by the next computation, which reports it.
      return this.compute(({ pool }) => pool.device.idle()).catch(() => {});
    });
  }
}
