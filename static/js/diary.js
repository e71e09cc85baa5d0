/**
 * The recovery diary, on its page and its sheet: keeps one entry a day and draws all
 * of them as a table and a chart. It never scores, warns or advises: see ADR 12.
 */
import { inWords } from "./days.js";
import { change, read, say, whenKept } from "./kept.js";

const FIELDS = ["pain", "swelling", "temperature", "activity", "note"];
/** @type {FindPart} */
const part = (name) => document.querySelector(`[data-diary-${name}]`);
const form = part("form");
const rows = part("rows");
const blankRows = [...rows.children];

/** @param {string} day */
const whole = (day) => inWords(new Date(day), { weekday: "long", timeZone: "UTC" });
/** @param {string} day */
const withoutYear = (day) => inWords(new Date(day), { year: undefined, timeZone: "UTC" });

/** @param {[string, Entry]} entry */
function rowOf([day, entry]) {
  const row = part("row").content.cloneNode(true);
  /** @type {Entry} */
  const texts = { ...entry, day: whole(day) };
  for (const cell of row.querySelectorAll("[data-field]")) {
    cell.textContent = texts[cell.dataset.field] ?? "";
  }
  for (const button of row.querySelectorAll("button")) {
    button.value = day;
    button.setAttribute("aria-label", `${button.textContent} ${texts.day}`);
  }
  return row;
}

/** @param {string} name @param {Record<string, any>} attributes @param {any} text */
function draw(name, attributes, text = "") {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) shape.setAttribute(key, attributes[key]);
  shape.textContent = text;
  part("chart").append(shape);
}

/** @param {string | number} pain */
const down = (pain) => `${86 - 8 * Number(pain)}%`;

/**
 * Places are in percent: the drawing stretches, its words keep their size.
 * @param {[string, Entry][]} entries
 */
function drawChart(entries) {
  const points = entries.filter(([day, entry]) => Date.parse(day) && /^(\d|10)$/.test(entry.pain));
  part("chart").replaceChildren();
  part("figure").hidden = points.length < 2;
  if (points.length < 2) return;
  const [first, last] = [points[0][0], points[points.length - 1][0]];
  /** @param {string} day */
  const time = (day) => (Date.parse(day) - Date.parse(first)) / (Date.parse(last) - Date.parse(first));
  /** @param {string} day */
  const across = (day) => `${12 + 85 * time(day)}%`;
  for (const pain of [0, 2, 4, 6, 8, 10]) {
    draw("line", { x1: "9%", x2: "100%", y1: down(pain), y2: down(pain), class: "diary-chart__rule" });
    draw("text", { x: "7%", y: down(pain), "text-anchor": "end", "dominant-baseline": "middle" }, pain);
  }
  draw("text", { x: "9%", y: "98%" }, withoutYear(first));
  draw("text", { x: "100%", y: "98%", "text-anchor": "end" }, withoutYear(last));
  points.forEach(([day, { pain }], index) => {
    const [x1, y1] = [across(day), down(pain)];
    if (index) {
      const [before, entry] = points[index - 1];
      draw("line", { x1: across(before), y1: down(entry.pain), x2: x1, y2: y1, class: "diary-chart__line" });
    }
    draw("circle", { cx: x1, cy: y1, r: 5 });
  });
}

/** @param {Entry} entry */
const asKept = (entry) => JSON.stringify(FIELDS.map((name) => entry[name] ?? ""));

/** The day on the device's own clock. */
function today() {
  const now = new Date();
  now.setMinutes(now.getMinutes() - now.getTimezoneOffset());
  return now.toISOString().slice(0, 10);
}

function startForm() {
  const fields = form.elements;
  const asTyped = () => JSON.stringify(FIELDS.map((name) => fields[name].value.trim()));
  let opened = asTyped();
  let isKept = true;
  /** @param {WithKept} edit */
  const keep = (edit) => (isKept = change(edit));

  function clearErrors() {
    for (const error of form.querySelectorAll("[data-error]")) {
      error.textContent = "";
      fields[error.dataset.error].removeAttribute("aria-invalid");
    }
  }

  /** @param {string} name @param {string} sentence */
  function refuse(name, sentence) {
    form.querySelector(`[data-error=${name}]`).textContent = sentence;
    fields[name].setAttribute("aria-invalid", "true");
    fields[name].focus();
  }

  /**
   * The entry of `day` into the form; empties it where that day has none.
   * @param {string} day
   */
  function open(day) {
    const entry = read().diary[day];
    clearErrors();
    // Setting it again disturbs typing.
    if (fields.day.value !== day) fields.day.value = day;
    for (const field of form.querySelectorAll("[name]:not([name=day])")) {
      const text = entry?.[field.name] ?? "";
      // A radio group can not be set to "" by value.
      if (field.type === "radio") field.checked = field.value === text;
      else field.value = text;
    }
    opened = asTyped();
    say(entry ? `Open for change: ${whole(day)}.` : "");
  }

  function save() {
    clearErrors();
    fields.day.max = today();
    const { value: day, validity } = fields.day;
    const entry = Object.fromEntries(FIELDS.map((name) => [name, fields[name].value.trim()]));
    if (validity.rangeOverflow) return refuse("day", "Day: this day is still to come. Pick today or a day before it.");
    if (!validity.valid) return refuse("day", "Day: pick the day you write about.");
    // Finds typing errors; judges no value.
    const number = /^\d+([.,]\d*)?$/.test(entry.temperature) ? Number(entry.temperature.replace(",", ".")) : NaN;
    if (entry.temperature && !(number >= 30 && number <= 115)) {
      return refuse("temperature", "Temperature: write one number from 30 to 115, such as 98.6 or 37.2.");
    }
    if (!Object.values(entry).some(Boolean)) {
      return refuse("note", "There is only a day so far. Fill in one thing above, or write a note here.");
    }
    const kept = read().diary[day];
    if (kept && asKept(kept) !== opened && !confirm(`${whole(day)} has an entry. Put this one in its place?`)) return;
    opened = asTyped();
    if (keep(({ diary }) => (diary[day] = entry))) say(`Saved: ${whole(day)}.`);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  fields.day.addEventListener("change", () => asTyped() === opened && open(fields.day.value));
  rows.addEventListener("click", ({ target }) => {
    const day = target.value;
    if ("open" in target.dataset) {
      open(day);
      fields.day.focus();
    } else if ("delete" in target.dataset && confirm(`Delete the entry of ${whole(day)}?`)) {
      if (keep(({ diary }) => delete diary[day])) say(`Deleted: ${whole(day)}. Undo brings it back.`);
      part("title").focus();
    }
  });
  part("print").addEventListener("click", (event) => {
    // Data not stored is on this page alone.
    if (!isKept) {
      event.preventDefault();
      print();
    }
  });
  fields.day.max = fields.day.value = today();
  // Whatever fails later, what is typed is never sent or put in an address.
  form.method = "dialog";
  form.hidden = false;
  whenKept(() => asTyped() === opened && open(fields.day.value));
}

whenKept(({ diary }) => {
  const entries = Object.entries(diary).sort();
  rows.replaceChildren(...entries.map(rowOf), ...blankRows.slice(entries.length));
  drawChart(entries);
  if (!form) return;
  part("empty").hidden = entries.length > 0;
  part("table").hidden = !entries.length;
});
if (form) startForm();
