/** Whether a text can be sent as a bearer token: visible ASCII in one piece. Both sides ask this, so that no server wants a token that no client sends. */
export function isBearerToken(text: string): boolean {
  return /^[\x21-\x7e]+$/u.test(text);
}
