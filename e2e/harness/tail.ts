import { closeSync, openSync, readSync, watch } from "node:fs";
import { Readable } from "node:stream";

/** Reads a file that somebody else still writes. */
export interface FollowedFile {
  readonly stream: Readable;
  /** Nothing more will be written: what is there is read, then the stream ends. */
  stop(): void;
}

/** Follows a file from its beginning, as `tail -f` does. */
export function followFile(path: string): FollowedFile {
  const fd = openSync(path, "r");
  const buffer = Buffer.alloc(64 << 10);
  let position = 0;
  const stream = new Readable({ read: () => {} });
  const readOn = () => {
    for (let length = readSync(fd, buffer, 0, buffer.length, position); length > 0; ) {
      stream.push(Buffer.from(buffer.subarray(0, length)));
      position += length;
      length = readSync(fd, buffer, 0, buffer.length, position);
    }
  };
  const watcher = watch(path, readOn);
  readOn();
  return {
    stream,
    stop: () => {
      watcher.close();
      readOn();
      closeSync(fd);
      stream.push(null);
    },
  };
}
