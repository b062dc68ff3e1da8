import type { ApiRequestOptions, ApiResponse } from "./api-client.ts";
import type { ApiServer } from "./api-server.ts";

/** One request that must succeed. @throws Error with what the API server said instead */
export async function demand<Body>(
  server: ApiServer,
  method: string,
  path: string,
  options?: ApiRequestOptions,
): Promise<ApiResponse<Body>> {
  const response = await server.request<Body>(method, path, options);
  if (response.status < 300) return response;
  throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`);
}
