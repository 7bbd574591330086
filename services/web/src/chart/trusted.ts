// The page's content security policy requires Trusted Types: the addresses of workers are vouched for here.

interface Policy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

/** `url`: of a worker of this application, as the build names it. */
export function trusted(url: string): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (factory === undefined) return url;
  return factory.createPolicy("stepwell-worker", { createScriptURL: () => url }).createScriptURL(url);
}
