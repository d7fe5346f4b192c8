import { readFileSync, readdirSync } from "node:fs";
import { childrenOf } from "./cores.ts";

/** Linux counts processor time in hundredths of a second, whatever the machine. */
const ticksPerSecond = 100;

/** A process with all its descendants. */
export function family(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(family)];
}

/** The processor time that processes have used so far, in seconds; finer than ticks where the kernel tells it of each thread. */
export function processorSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (scheduledSeconds(pid) ?? tickedSeconds(pid)), 0);
}

function scheduledSeconds(pid: number): number | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"));
    return times.reduce((sum, text) => sum + Number(text.split(" ")[0]), 0) / 1e9;
  } catch {
    return null;
  }
}

function tickedSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The memory of processes in MiB, what they share counted once (`Pss`, where the kernel tells it). */
export function memoryMiB(pids: readonly number[]): number {
  const [only, ...more] = pids;
  if (only !== undefined && more.length === 0) return kilobytes(`/proc/${only}/status`, "VmRSS") / 1024;
  return pids.reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/smaps_rollup`, "Pss"), 0) / 1024;
}

function kilobytes(file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0);
}

/** How long a core has been busy and idle, in seconds. */
export interface CoreTime {
  readonly busy: number;
  readonly idle: number;
}

/** How long each core has been busy and idle since the machine started. */
export function coreSeconds(): CoreTime[] {
  const lines = readFileSync("/proc/stat", "utf8").match(/^cpu\d.*$/gm) ?? [];
  return lines.map((line) => {
    const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft = 0] = line
      .split(/ +/)
      .slice(1)
      .map((ticks) => Number(ticks) / ticksPerSecond);
    return { busy: user + nice + system + irq + soft, idle: idle + waiting };
  });
}
