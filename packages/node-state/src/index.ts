export { isBearerToken } from "./bearer-token.ts";
export { isNodeStateError, NodeStateError, type NodeStateErrorCode, type NodeStateErrorOptions } from "./error.ts";
export { isNodeName, MaxNodeNameLength } from "./node-name.ts";
export {
  NodesPath,
  nodePath,
  OpenApiPath,
  OriginalReadmePath,
  originalClientPath,
  watchPath,
} from "./paths.ts";
export { type NodeState, type NodeStateRecord, type NodeStateSource, unknownNode } from "./record.ts";
export { decodeRecord, encodeRecord, MaxRecordBytes, RecordLimits } from "./record-json.ts";
