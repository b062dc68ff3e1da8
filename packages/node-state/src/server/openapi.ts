/** What `/openapi.json` answers. */
export const openApiText: string = "{}";
