import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** An object out of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Takes JSON for an object that it must be. */
export function asJson(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("this is not an object");
  return Object.fromEntries(Object.entries(value));
}

/** An OpenAPI document, to hold real answers against. */
export interface Description {
  /** Every path with its statuses: `/v1/nodes 200`. */
  readonly answers: readonly string[];
  /** Throws when the answer is not one that the document describes. Gives `/v1/nodes 200`. */
  check(path: string, answer: Response, body: string): string;
  /** The validator of one of its schemas. */
  schema(name: string): ValidateFunction;
}

/** Reads a document. */
export function describeBy(document: Json): Description {
  const ajv = new Ajv2020({ strict: true, validateFormats: false, strictRequired: false });
  ajv.addVocabulary(["openapi", "info", "servers", "security", "paths", "components"]);
  ajv.addSchema(document, "document");
  const resolve = (value: unknown): Json => {
    const { $ref } = asJson(value);
    return typeof $ref === "string"
      ? $ref
          .slice(2)
          .split("/")
          .reduce<Json>((at, key) => asJson(at[key]), document)
      : asJson(value);
  };
  const paths = Object.entries(asJson(document["paths"])).map(([path, item]) => {
    const { responses } = asJson(asJson(item)["get"]);
    return { path, responses: asJson(responses) };
  });
  /** The schema of a response's content, compiled where it stands in the document, so that its references are found. */
  function validate(path: string, status: string, type: string, value: unknown): void {
    const pointer = (...keys: readonly string[]): string =>
      keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    const { responses = {} } = paths.find((one) => one.path === path) ?? {};
    const { $ref } = asJson(responses[status]);
    const place = typeof $ref === "string" ? $ref.slice(2) : pointer("paths", path, "get", "responses", status);
    const compiled = ajv.compile({ $ref: `document#/${place}/${pointer("content", type, "schema")}` });
    if (!compiled(value)) throw new Error(`${path} ${status}: ${ajv.errorsText(compiled.errors)}`);
  }
  return {
    answers: paths.flatMap(({ path, responses }) => Object.keys(responses).map((status) => `${path} ${status}`)),
    check(path, answer, body) {
      const status = String(answer.status);
      const responses = paths.find((one) => one.path === path)?.responses;
      if (responses?.[status] === undefined) throw new Error(`${path} ${status} is not described`);
      const { content, headers = {} } = resolve(responses[status]);
      for (const [name, header] of Object.entries(asJson(headers))) {
        if (resolve(header)["required"] === true && answer.headers.get(name) === null)
          throw new Error(`${path} ${status}: no ${name}`);
      }
      const [type = ""] = (answer.headers.get("content-type") ?? "").split(";");
      if (content === undefined && body !== "") throw new Error(`${path} ${status} has a body`);
      if (content !== undefined && !(type in asJson(content)))
        throw new Error(`${path} ${status}: ${type} is not described`);
      if (type === "application/json") validate(path, status, type, JSON.parse(body));
      return `${path} ${status}`;
    },
    schema: (name) => ajv.compile({ $ref: `document#/components/schemas/${name}` }),
  };
}
