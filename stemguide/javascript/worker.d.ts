/** What the service worker adds to tsc's types of workers. */

/** The copy that is kept: the address of its list, the day it was whole, the last try. */
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
