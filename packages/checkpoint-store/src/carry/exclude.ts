/** Which paths are left out, with everything below them. */
export interface Exclusion {
  readonly exclude?: readonly string[] | undefined;
  readonly isExcluded?: ((path: string) => boolean) | undefined;
}

/** Pure: one question out of both ways to ask it. */
export function excluder({ exclude = [], isExcluded = () => false }: Exclusion): (path: string) => boolean {
  const folders = exclude.map((folder) => folder.replace(/\/+$/, ""));
  return (path) => folders.some((folder) => isBelow(path, folder)) || isExcluded(path);
}

/** Pure: true for the folder itself and for everything below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || folder === "" || path.startsWith(`${folder}/`);
}
