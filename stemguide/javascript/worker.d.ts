/** Types of the service worker, in addition to those that tsc has. */

/** The offline copy: the URL of its list, when it was complete, and the last attempt. */
interface State {
  list: string;
  on: number;
  tried: number;
}

/** Every response of the site has these headers. */
interface Headers {
  get(name: "date" | "cache-control"): string;
}

declare function skipWaiting(): Promise<void>;
declare function addEventListener<Type extends keyof ServiceWorkerGlobalScopeEventMap>(
  type: Type,
  listener: (event: ServiceWorkerGlobalScopeEventMap[Type]) => void,
): void;
