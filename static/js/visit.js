/**
 * Draws on the visit sheet what the device keeps: the tasks that are still open, the
 * questions and wishes that are ticked, and the reader's own questions. A list with
 * nothing of the reader's in it shows its plain lines. Days and notes on the tasks are
 * drawn by dates.js and ticks.js.
 */
import { whenKept } from "./kept.js";

const own = document.querySelector("[data-visit-own]");
const line = document.querySelector("[data-visit-line]").content;

/** @param {string} question */
function lineOf(question) {
  const item = line.cloneNode(true);
  item.querySelector(".task__words").textContent = question;
  return item;
}

whenKept(({ ticks, notes }) => {
  for (const list of document.querySelectorAll("[data-visit]")) {
    const tasks = [...list.querySelectorAll("[data-task]")];
    const asksForTicked = list.dataset.visit === "ticked";
    /** @param {Task} task */
    const isChosen = ({ dataset }) => (ticks[dataset.task] === dataset.version) === asksForTicked;
    const isEmpty = !tasks.some(isChosen);
    for (const task of tasks) task.hidden = isEmpty ? !("plain" in task.dataset) : !isChosen(task);
    for (const part of [list, ...list.querySelectorAll("[data-visit-group]")]) {
      part.hidden = !part.querySelector("[data-task]:not([hidden])");
    }
    list.parentElement.querySelector("[data-when-none]").hidden = !isEmpty;
  }
  const questions = (notes["own-questions"] ?? "").split("\n").filter((text) => text.trim());
  own.hidden = !questions.length;
  own.replaceChildren(...questions.map(lineOf));
});
