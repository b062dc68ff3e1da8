import { formatSize, sizes } from "../scripts/bundle/sizes.ts";
import type { MeasuredBundle } from "./bundle.ts";
import type { Summary } from "./measurement.ts";
import { type Resident, residentCases, residentParts } from "./memory.ts";
import type { Move } from "./moves.ts";
import type { StartUps } from "./startup.ts";
import { type Row, table } from "./table.ts";

/** All that one run has measured. */
export interface Results {
  readonly date: Date;
  readonly machine: string;
  readonly durationMs: number;
  readonly bundle: MeasuredBundle;
  readonly memory: (life: (typeof residentCases)[number], part: (typeof residentParts)[number]) => Resident;
  readonly startUp: StartUps;
  readonly moves: readonly Move[];
}

/** The page docs/benchmarks.md. Pure. */
export function report(results: Results): string {
  const { record } = results.bundle;
  return `# Benchmarks

Written by \`pnpm bench\`: edit \`bench/\`, not this page.

One run on ${results.date.toISOString().slice(0, 10)}: ${results.machine}. crik ${record.crik}, CRIU ${record.criu.criu}, ${record.runtime.name} ${record.runtime.version}, runc, containers with every capability but SYS_RESOURCE.

Each figure is the median of several runs, with the least and the most of them. What is compared ran in turns, within minutes, on a machine that was doing other work too: **read the ratios, not the milliseconds**, and of a wide range the least.

To reproduce: \`pnpm bench\`, as root, on any machine where the e2e tests run. It took ${Math.round(results.durationMs / 1000)} seconds, removes everything that it has made, and writes this page anew. \`CRIK_E2E_BUNDLE\` names a bundle to measure in place of the working tree's.

## What stays beside the application

Kilobytes while crik supervises \`sleep\`, two seconds after the start. *Anonymous* memory is what a container costs: no file backs it and nothing shares it. *RSS* has pages of files in it, which all containers of a node have in common. After a restore, crik-init is two processes: the keeper, and the restored init.

${memoryTable(results)}

## Start-up

Milliseconds from the exec of crik as PID 1 to the first instruction of another program. The first child is the one that moves the pid cursor when there is an image directory, otherwise crik-init. The measuring itself costs ${number(results.startUp.bare)} ms.

${startUpTable(results.startUp)}

## A move to another container

crik against a shell as PID 1 that runs the same CRIU with the same options, and nothing else: no decision, no digests, no carried files, no claim, no commit. crik has its images on the disk before it lets CRIU kill the application, so its dump is to be compared with the column where each image is synced after the dump.

Milliseconds from SIGTERM until no process of the container is left:

${goneTable(results.moves)}

Milliseconds from PID 1 to the first line of the restored application:

${outputTable(results.moves)}

The images were in the page cache, as they are when a pod comes back to its node.

## Sizes

${table(
  ["part of the bundle", "size"],
  sizes(record).map(({ part, bytes }): Row => [part, formatSize(bytes)]),
)}
`;
}

function memoryTable({ memory }: Results): string {
  const rows = residentCases.flatMap((life) =>
    residentParts.map((part): Row => {
      const { anonymous, privateDirty, resident, threads } = memory(life, part);
      return [`${life}: ${part}`, anonymous, privateDirty, resident, threads.median.toFixed(0)];
    }),
  );
  return table(["", "anonymous kB", "private dirty kB", "RSS kB", "threads"], rows);
}

function startUpTable({ without, with: withDirectory }: StartUps): string {
  return table(
    ["", "to the first child", "to the application"],
    [
      ["no image directory", without.firstChild, without.application],
      ["with an image directory", withDirectory.firstChild, withDirectory.application],
    ],
  );
}

function goneTable(moves: readonly Move[]): string {
  const rows = moves.map(({ name, gone }): Row => {
    const ratio = gone.crik.median / gone.bareSynced.median;
    return [name, gone.crik, gone.bareSynced, ratio.toFixed(2), gone.bare];
  });
  return table(["", "crik", "CRIU and fsync", "ratio", "CRIU alone"], rows);
}

function outputTable(moves: readonly Move[]): string {
  const rows = moves.map(({ name, output }): Row => {
    return [name, output.crik, output.bare, (output.crik.median / output.bare.median).toFixed(2)];
  });
  return table(["", "crik", "CRIU alone", "ratio"], rows);
}

function number({ median }: Summary): string {
  return median.toFixed(2);
}
