/** True when `path` is `folder` or lies below it; both absolute and without a trailing slash. */
export function hasPathPrefix(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}
