import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Now, by the clock that gives files their times: coarser than the clock of programs, and a file that is changed a moment later may otherwise seem older.
 *
 * @param folder - any local folder that can be written to
 * @returns nanoseconds since 1970
 */
export function fileSystemTime(folder: string): bigint {
  const mark = join(folder, "now");
  writeFileSync(mark, "");
  const { ctimeNs } = lstatSync(mark, { bigint: true });
  rmSync(mark);
  return ctimeNs;
}
