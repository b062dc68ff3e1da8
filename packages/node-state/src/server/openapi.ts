import { MaxNodeNameLength } from "../node-name.ts";
import { NodesPath, nodePath, OpenApiPath, OriginalReadmePath, originalClientPath, watchPath } from "../paths.ts";
import { RecordLimits } from "../record-json.ts";

const ref = (section: string, name: string): object => ({ $ref: `#/components/${section}/${name}` });
const json = (schema: object): object => ({ "application/json": { schema } });

const Since = {
  type: "string",
  format: "date-time",
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z$",
};

const schemas = {
  NodeName: {
    type: "string",
    maxLength: MaxNodeNameLength,
    pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
    description: "An RFC 1123 subdomain.",
  },
  NodeStateRecord: {
    type: "object",
    required: ["name", "state", "reason", "sources"],
    properties: {
      name: ref("schemas", "NodeName"),
      state: {
        enum: ["ready", "shutting-down", "unknown"],
        description: "unknown: there is no node of this name.",
      },
      reason: { type: "string", maxLength: RecordLimits.reason, description: "Why, in a sentence for people." },
      since: { ...Since, description: "Since when the node has been in this state, where the Node object tells." },
      sources: {
        type: "array",
        maxItems: RecordLimits.sources,
        description: "All the signs that the node goes away; empty unless the state is shutting-down.",
        items: {
          type: "object",
          required: ["name", "detail"],
          properties: {
            name: {
              type: "string",
              maxLength: RecordLimits.sourceName,
              description: "Who gave it: kubelet, karpenter, …",
            },
            detail: {
              type: "string",
              maxLength: RecordLimits.sourceDetail,
              description: "Where it is seen on the Node object.",
            },
            since: Since,
          },
        },
      },
    },
  },
  NodeStateList: {
    type: "object",
    required: ["nodes"],
    properties: {
      nodes: { type: "array", items: ref("schemas", "NodeStateRecord"), description: "In the order of their names." },
    },
  },
  Error: {
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["code", "message"],
        properties: { code: { type: "string", pattern: "^[a-z-]+$" }, message: { type: "string" } },
      },
    },
  },
};

const headers = {
  ETag: {
    description: "Strong, and made from the content alone: every replica gives the same one for the same content.",
    required: true,
    schema: { type: "string" },
  },
  RetryAfter: { description: "In seconds.", required: true, schema: { type: "string" } },
};

const ETag = { ETag: ref("headers", "ETag") };

const responses = {
  Record: { description: "The node's state.", headers: ETag, content: json(ref("schemas", "NodeStateRecord")) },
  NotModified: { description: "As the tag in If-None-Match says, nothing has changed.", headers: ETag },
  BadRequest: {
    description: "The name is no node's name, or the path cannot be decoded.",
    content: json(ref("schemas", "Error")),
  },
  Unauthorized: {
    description: "This server wants a bearer token: there was none, or not the right one.",
    headers: { "WWW-Authenticate": { required: true, schema: { const: "Bearer" } } },
    content: json(ref("schemas", "Error")),
  },
  UnknownNode: {
    description: "There is no node of this name. The body is a record all the same.",
    content: json({
      allOf: [ref("schemas", "NodeStateRecord"), { type: "object", properties: { state: { const: "unknown" } } }],
    }),
  },
  Internal: { description: "A mistake of this server.", content: json(ref("schemas", "Error")) },
  NotReady: {
    description:
      "This server does not have the present state of the nodes, or has as many watchers as it allows. Another replica may.",
    headers: { "Retry-After": ref("headers", "RetryAfter") },
    content: json(ref("schemas", "Error")),
  },
};

const parameters = {
  Name: { name: "name", in: "path", required: true, schema: ref("schemas", "NodeName") },
  Node: { name: "node", in: "query", required: true, schema: ref("schemas", "NodeName") },
  IfNoneMatch: { name: "If-None-Match", in: "header", schema: { type: "string" } },
};

/** What may happen to every request. */
const Anywhere = { 401: ref("responses", "Unauthorized"), 500: ref("responses", "Internal") };

/** What may happen to every question about nodes. */
const Refusals = { ...Anywhere, 503: ref("responses", "NotReady") };

/** An operation that answers with one node's record. */
function readOperation(operationId: string, summary: string, parameter: string): object {
  return {
    operationId,
    summary,
    parameters: [ref("parameters", parameter), ref("parameters", "IfNoneMatch")],
    responses: {
      200: ref("responses", "Record"),
      304: ref("responses", "NotModified"),
      400: ref("responses", "BadRequest"),
      404: ref("responses", "UnknownNode"),
      ...Refusals,
    },
  };
}

/** The description of the interface, OpenAPI 3.1. */
const openApiDocument: object = {
  openapi: "3.1.1",
  info: {
    title: "crik's node state",
    version: "1",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    description:
      "Whether a Kubernetes node is going away. Every GET may also be a HEAD; any other method is answered with 405.",
  },
  // Wherever the router is mounted: beside this document.
  servers: [{ url: "./" }],
  security: [{}, { bearer: [] }],
  paths: {
    [nodePath("{name}")]: { get: readOperation("readNode", "One node's state", "Name") },
    [watchPath("{name}")]: {
      get: {
        operationId: "watchNode",
        summary: "One node's state now, and each change",
        description:
          "Server-sent events named state. Their data is a NodeStateRecord, their id its entity tag in quotes. Comments come when there is nothing else; a stream in which nothing comes for 30 seconds is dead. It ends when the server is not ready any more, or stops.",
        parameters: [ref("parameters", "Name")],
        responses: {
          200: { description: "The stream.", content: { "text/event-stream": { schema: { type: "string" } } } },
          400: ref("responses", "BadRequest"),
          ...Refusals,
        },
      },
    },
    [NodesPath]: {
      get: {
        operationId: "listNodes",
        summary: "All nodes",
        parameters: [ref("parameters", "IfNoneMatch")],
        responses: {
          200: { description: "All nodes.", headers: ETag, content: json(ref("schemas", "NodeStateList")) },
          304: ref("responses", "NotModified"),
          ...Refusals,
        },
      },
    },
    [originalClientPath("{name}")]: {
      get: readOperation(
        "readNodeAsOriginal",
        "As /v1/nodes/{name}: what the client of the original crik asks",
        "Name",
      ),
    },
    [OriginalReadmePath]: {
      get: readOperation("readNodeByQuery", "As /v1/nodes/{name}: what the README of the original crik says", "Node"),
    },
    [OpenApiPath]: {
      get: {
        operationId: "describe",
        summary: "This document",
        responses: {
          200: { description: "This document.", content: json({ type: "object" }) },
          ...Anywhere,
        },
      },
    },
  },
  components: {
    schemas,
    headers,
    responses,
    parameters,
    securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
  },
};

/** What `/openapi.json` answers. */
export const openApiText: string = JSON.stringify(openApiDocument);
