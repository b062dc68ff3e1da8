import type { RequestListener } from "node:http";

/** A short answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** @defaultValue plain text */
  readonly contentType?: string | undefined;
}

/** Answers GET and HEAD of some paths; everything else is 404 or 405. */
export function answerPaths(paths: Readonly<Record<string, () => Answer | Promise<Answer>>>): RequestListener {
  const routes = new Map(Object.entries(paths));

  async function answerTo(method: string, path: string): Promise<Answer> {
    const route = routes.get(path);
    if (route === undefined) return { status: 404, text: "not found\n" };
    if (method !== "GET" && method !== "HEAD") return { status: 405, text: "only GET and HEAD\n" };
    try {
      return await route();
    } catch {
      return { status: 500, text: "internal error\n" };
    }
  }

  return (request, response) => {
    const path = request.url?.replace(/\?.*$/su, "") ?? "";
    void answerTo(request.method ?? "", path).then(({ status, text, contentType = "text/plain; charset=utf-8" }) => {
      response.writeHead(status, {
        "Content-Type": contentType,
        "Content-Length": Buffer.byteLength(text),
        "Cache-Control": "no-store",
        ...(status === 405 ? { Allow: "GET, HEAD" } : {}),
      });
      response.end(text);
    });
  };
}
