/**
 * Works out on this device the day of every task, from the procedure day that is kept
 * here. The rules and sentences are those of the server (sessions/guide/dates.py), which puts
 * them into [data-day-rules]. Nothing is sent.
 */
import { inWords } from "./days.js";
import { change, whenKept } from "./kept.js";

const DAY = 86_400_000;
/** @type {DayRules} */
const { faults, words, open, closed } = JSON.parse(
  document.querySelector("[data-day-rules]").dataset.dayRules,
);
const form = document.querySelector("[data-day-form]");
const calendar = document.querySelector("[data-calendar]");
const forget = document.querySelector("[data-forget-day]");
/** @type {DayBox[]} */
const boxes = ["day", "month", "year"];
/** @type {Fill} */
const fill = (sentence, values) => sentence.replace(/{(\w+)}/g, (_, name) => values[name]);

const now = new Date();
const today = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));

/** @param {Date} day */
const whole = (day) => inWords(day, { weekday: "long", timeZone: "UTC" });
/** @param {Date} day */
const isClosed = (day) =>
  (open.length > 0 && !open.includes(day.getUTCDay() || 7)) ||
  closed.includes(day.toISOString().slice(0, 10));
/** @param {Date} day @param {number} days */
const after = (day, days) => new Date(day.getTime() + days * DAY);

/**
 * The typed day as "2027-01-07", or [box, what is wrong with it].
 * @param {Record<string, string>} texts
 * @returns {string | [DayBox, string]}
 */
function readDay(texts) {
  /** @type {DayLimits} */
  const limits = { day: [/^\d\d?$/, 1, 31], month: [/^\d\d?$/, 1, 12], year: [/^\d{4}$/, 0, 9999] };
  for (const box of boxes) {
    const [pattern, low, high] = limits[box];
    const number = Number(texts[box]);
    if (!pattern.test(texts[box]) || number < low || number > high) {
      return [box, fill(faults[box], { year: today.getUTCFullYear() + 1 })];
    }
  }
  const [day, month, year] = boxes.map((box) => Number(texts[box]));
  if (year < today.getUTCFullYear() - 1) return ["year", faults.past];
  if (year > today.getUTCFullYear() + 2) return ["year", faults.far];
  const found = new Date(Date.UTC(year, month - 1, day));
  if (found.getUTCMonth() !== month - 1) {
    const name = inWords(new Date(Date.UTC(year, month - 1)), { day: undefined, year: undefined, timeZone: "UTC" });
    return ["day", fill(faults.none, { day, month: name, year })];
  }
  if (+today - +found > 366 * DAY) return ["year", faults.past];
  if (+found - +today > 731 * DAY) return ["year", faults.far];
  return found.toISOString().slice(0, 10);
}

/** @param {Date} day */
function dayLines(day) {
  const keys = ["day"];
  if (+day === +today) keys.push("day_today");
  if (day < today) keys.push("day_passed");
  if (isClosed(day)) keys.push("day_closed");
  return keys.map((key) => fill(words[key], { last: whole(day) }));
}

/** @param {Date} day @param {number} firstDay @param {number} lastDay @param {boolean} isDone */
function taskLines(day, firstDay, lastDay, isDone) {
  const [first, last] = [after(day, firstDay), after(day, lastDay)];
  const key = first < last ? "span" : lastDay < 0 ? "by" : "on";
  const lines = [fill(words[key], { first: whole(first), last: whole(last) })];
  if (last < today) {
    if (!isDone) lines.push(lastDay < 0 && day >= today ? words.late : words.passed);
  } else if (isClosed(last)) lines.push(words.closed);
  return lines;
}

/** @param {Task} task @param {string[]} lines */
function drawLines(task, lines) {
  task.querySelector(".task__day")?.remove();
  if (!lines.length) return;
  const box = document.createElement("div");
  box.className = "task__day";
  for (const sentence of lines) {
    const paragraph = document.createElement("p");
    paragraph.textContent = sentence;
    box.append(paragraph);
  }
  task.querySelector(".task__words").after(box);
}

/**
 * The error summary as the server draws it, and the error at its box.
 * @param {DayBox} [box]
 */
function showError(box, sentence = "") {
  const place = form.querySelector("[data-day-errors]");
  place.textContent = "";
  form.querySelector(".field__error")?.remove();
  for (const input of form.querySelectorAll("input")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  if (!box) return;
  const summary = document.createElement("div");
  summary.className = "error-summary";
  summary.tabIndex = -1;
  const title = document.createElement("h2");
  title.id = "error-summary-title";
  title.textContent = "There is a problem";
  summary.setAttribute("role", "alert");
  summary.setAttribute("aria-labelledby", title.id);
  const link = document.createElement("a");
  link.href = `#id_${box}`;
  link.textContent = sentence;
  const item = document.createElement("li");
  item.append(link);
  const list = document.createElement("ul");
  list.append(item);
  summary.append(title, list);
  place.append(summary);
  const error = document.createElement("p");
  error.className = "field__error";
  error.id = `id_${box}_error`;
  error.textContent = `Error: ${sentence}`;
  form.querySelector(".day-boxes__row").before(error);
  form.elements[box].setAttribute("aria-invalid", "true");
  form.elements[box].setAttribute("aria-describedby", error.id);
  summary.focus();
}

if (form) form.hidden = false;
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const found = readDay(Object.fromEntries(boxes.map((box) => [box, form.elements[box].value.trim()])));
  if (Array.isArray(found)) return showError(...found);
  showError();
  change((data) => {
    data.day = found;
  });
  const fold = form.closest("details");
  if (fold) fold.open = false;
  document.querySelector("#your-day").focus();
});

forget?.addEventListener("click", () => {
  change((data) => {
    data.day = "";
  });
  form.elements.day.focus();
});

whenKept(({ day: kept, ticks }) => {
  const day = kept && new Date(`${kept}T00:00Z`);
  for (const task of document.querySelectorAll("[data-first]")) {
    const { task: id, version, first, last } = task.dataset;
    const isDone = ticks[id] === version;
    drawLines(task, day ? taskLines(day, Number(first), Number(last), isDone) : []);
  }
  for (const place of document.querySelectorAll("[data-day-words]")) {
    place.textContent = day ? dayLines(day).join(" ") : "";
  }
  if (!form) return;
  document.querySelector("[data-your-day]").hidden = !day;
  forget.hidden = !day;
  const [year, month, dayOfMonth] = kept.split("-").map(Number);
  const numbers = day ? { day: dayOfMonth, month, year } : { day: "", month: "", year: "" };
  for (const box of boxes) {
    if (calendar) calendar.elements[box].value = String(numbers[box]);
    if (!form.contains(document.activeElement)) form.elements[box].value = String(numbers[box]);
  }
});
