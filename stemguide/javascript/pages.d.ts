/** Types that the scripts share. Only tsc reads this file; it is never served. */

/** What kept.js stores on the device. read() fills in every field. */
interface Kept {
  /** The procedure day, as "2027-01-07", or "". */
  day: string;
  /** By task id: the task's version when it was ticked. */
  ticks: Record<string, string>;
  /** By task id, or "own-questions". */
  notes: Record<string, string>;
  /** By day, as "2027-01-08". */
  diary: Record<string, Entry>;
}

/** pain, swelling, temperature, activity and note; empty fields are missing. */
type Entry = Record<string, string>;
type WithKept = (kept: Kept) => unknown;

/** The data attribute that dates.js reads. Weekdays are numbered from 1, Monday. */
interface DayRules {
  faults: Record<string, string>;
  words: Record<string, string>;
  open: number[];
  closed: string[];
}
type DayBox = "day" | "month" | "year";
/** By input: the pattern, the lowest number and the highest. */
type DayLimits = Record<DayBox, [RegExp, number, number]>;
/** Replaces the placeholders {name} by values. */
type Fill = (sentence: string, values: Record<string, any>) => string;

/** Text that was not saved, as rescue-copy.js stores it. */
interface RescueCopy {
  text: string;
  revision: number;
  time: number;
}

/** What a button of editor.js inserts. NAME is replaced by the choice of a list. */
interface Skeleton {
  skeleton: string;
  placeholder: string;
  nameFrom?: string;
}

/** A printed set of sheets, as desk-sets.js stores it. */
interface PrintedSet {
  set: string;
  words: string;
}
interface DocumentEventMap {
  "stemguide-printed": CustomEvent<PrintedSet>;
}

/** An element that always has the data-* attributes of these names. */
type Data<Names extends string, E = HTMLElement> = E & { dataset: Record<Names, string> };
type Form<Controls> = HTMLFormElement & { elements: Controls };
type Task = Data<"task" | "version" | "first" | "last">;

/**
 * The type of an element by its selector. It is not null where every page with the script
 * has the element, or where the script stops without it.
 */
interface Elements {
  // kept.js, ticks.js, visit.js
  "[data-task]": Task;
  ".task__words": HTMLElement;
  "[data-note]": Data<"note", HTMLTextAreaElement>;
  "[data-progress]": HTMLElement;
  "[data-visit]": Data<"visit"> & { parentElement: HTMLElement };
  "[data-visit-own]": HTMLElement;
  "[data-visit-line]": HTMLTemplateElement;
  "[data-when-none]": HTMLElement;
  // dates.js
  "[data-day-rules]": Data<"dayRules">;
  "[data-day-form]": Form<Record<DayBox, HTMLInputElement>>;
  "[data-calendar]": Form<Record<DayBox, HTMLInputElement>> | null;
  "[data-forget-day]": HTMLButtonElement;
  "[data-day-errors]": HTMLElement;
  ".day-boxes__row": HTMLElement;
  "[data-your-day]": HTMLElement;
  "#your-day": HTMLElement;
  "[data-first]": Task;
  // diary.js
  "[data-field]": Data<"field">;
  "[data-error]": Data<"error">;
  "[name]:not([name=day])": HTMLInputElement;
  // offline.js, saved-copy.js
  "[data-offline]": Data<"offline"> | null;
  "[role=status]": HTMLElement;
  "[aria-label='Saved copy'] p": HTMLElement;
  // staff/
  "textarea[name=text]": Editor;
  "a[href]:not([href^='#'])": HTMLAnchorElement;
  "[data-stored-text]": HTMLTemplateElement;
  "[data-copy-text]": Data<never> & { textContent: string };
  "[data-copy-button]": HTMLButtonElement;
  "[data-copy-status]": HTMLElement;
  "[data-rescue]": Data<"rescue" | "revision" | "page" | "zone">;
  "[data-rescue-notice]": HTMLTemplateElement;
  "[data-rescue-says]": HTMLElement;
  "[data-rescue-text]": HTMLElement;
  "[data-rescue-restore]": HTMLElement;
  "[data-rescue-discard]": HTMLElement;
  "[data-editor-tools]": HTMLElement;
  "[role=toolbar]": HTMLElement;
  h1: HTMLElement;
  "[data-skeleton]": (HTMLButtonElement & { dataset: Skeleton }) | null;
  "[data-go-to-line]": Data<"goToLine"> | null;
  "[data-quality-panel]": Data<"qualityPanel" | "storedNote">;
  "[data-quality-summary]": HTMLElement;
  "[data-summary]": Data<"summary">;
  "[data-live-preview]": HTMLDetailsElement;
  iframe: HTMLIFrameElement;
  "[data-desk-result]": Data<"set" | "words">;
  "[data-desk-form]": HTMLFormElement;
  "[data-desk-job]": Data<"printed", HTMLFormElement>;
  "[data-desk-live]": HTMLElement;
  "[data-desk-status]": HTMLElement;
  "[data-desk-progress]": HTMLProgressElement;
  "[data-desk-print]": HTMLElement;
  "[data-desk-plain]": HTMLElement;
  "[data-desk-frame]": HTMLIFrameElement | null;
  "[data-desk-preview]": HTMLElement;
  "[data-desk-sets]": HTMLElement;
  "[data-desk-sets-list]": HTMLElement;
  "[data-desk-sets-forget]": HTMLElement;
}

/** The textarea in which staff write a text. */
type Editor = HTMLTextAreaElement & {
  form: Form<Record<"csrfmiddlewaretoken" | "opened_revision" | "patient_change_note", HTMLInputElement>>;
};

/** The parts of the diary, as in data-diary-form. */
interface DiaryParts {
  form: Form<Record<string, HTMLInputElement>>;
  rows: { addEventListener(type: "click", listener: (event: { target: HTMLButtonElement }) => void): void } & HTMLElement;
  row: HTMLTemplateElement;
  chart: SVGElement;
  figure: HTMLElement;
  title: HTMLElement;
  print: HTMLElement;
  empty: HTMLElement;
  table: HTMLElement;
}
type FindPart = <Name extends keyof DiaryParts>(name: Name) => DiaryParts[Name];

/** A button always has a parent element. */
interface HTMLButtonElement {
  readonly parentElement: HTMLElement;
}

/** Any other selector finds an HTML element or null. */
interface ParentNode {
  querySelector<S extends keyof Elements>(selector: S): Elements[S];
  querySelector(selector: `[data-diary-${string}]`): any; // See FindPart.
  querySelector(selector: `[data-error=${string}]`): HTMLElement;
  querySelector<N extends keyof HTMLElementTagNameMap>(name: N): HTMLElementTagNameMap[N] | null;
  querySelector(selector: string): HTMLElement | null;
  querySelectorAll<S extends keyof Elements>(selector: S): NodeListOf<NonNullable<Elements[S]>>;
  querySelectorAll<N extends keyof HTMLElementTagNameMap>(name: N): NodeListOf<HTMLElementTagNameMap[N]>;
  querySelectorAll(selector: string): NodeListOf<HTMLElement>;
}
interface Document {
  getElementById(id: "preview-form"): Form<{ text: HTMLInputElement; look: RadioNodeList }>;
}
interface DocumentFragment {
  cloneNode(deep: boolean): DocumentFragment;
}
interface HTMLIFrameElement {
  cloneNode(): HTMLIFrameElement;
}
interface Element {
  closest<S extends keyof Elements>(selector: S): Elements[S];
}
