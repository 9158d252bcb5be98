// The form of the oral exam, in the place of the rubric: a mark from 0 to 3 for each question that was
// asked. A mark is an item "QUESTION:MARK" of the same store; page.js saves, undoes and moves.
"use strict";

const ORAL = "oral";
const MOST_MARK = 3;
const oral = { at: 0 }; // the question that a key marks

const isOral = () => Boolean(page.view) && page.view.section === ORAL;
const given = () => new Map(page.mark.items.map((item) => item.split(":")));

function showOral() {
  const { view } = page;
  oral.at = Math.max(0, view.prompts.findIndex(({ question }) => !given().has(question)));
  const frame = view.dossier
    ? dossierFrame(view.dossier)
    : element("p", { className: "absent", textContent: word("no_dossier") });
  $("answer").replaceChildren(frame);
  $("evidence").replaceChildren();
  $("items").replaceChildren(...view.prompts.map(questionRow));
}

// No script runs in it; keys pressed in it are meant for the form.
function dossierFrame(src) {
  const frame = element("iframe", { src, title: word("dossier"), sandbox: "allow-same-origin" });
  frame.addEventListener("load", () => {
    frame.contentDocument.addEventListener("keydown", onKey);
    frame.contentDocument.querySelector("body > footer")?.remove(); // links to pages that are not served here
  });
  return frame;
}

function questionRow({ question, text }, place) {
  const name = `${word("question")} ${question}`;
  const marks = Array.from({ length: MOST_MARK + 1 }, (_, mark) => {
    const button = element("button", { textContent: mark, ariaLabel: `${name}: ${mark}`, onclick: () => give(place, mark) });
    button.dataset.mark = mark;
    return button;
  });
  const row = element("div", { className: "question", role: "group", ariaLabel: name, onclick: () => choose(place) },
    element("kbd", { textContent: question }), element("span", { textContent: text.replaceAll("`", ""), title: text }),
    element("span", { className: "marks" }, ...marks));
  row.dataset.question = question;
  return row;
}

function showOralMark() {
  const marks = given();
  [...$("items").children].forEach((row, place) => {
    row.setAttribute("aria-current", place === oral.at);
    for (const button of row.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", marks.get(row.dataset.question) === button.dataset.mark);
    }
  });
}

function showOralPoints() {
  const marks = [...given().values()].map(Number);
  const mean = marks.length ? marks.reduce((a, b) => a + b, 0) / marks.length : 0;
  $("points").textContent = word("asked", { points: +mean.toFixed(2), most: page.view.most, count: marks.length });
}

// A mark that is given again is taken back; null: the question was not asked.
function give(place, mark, move = 0) {
  const { question } = page.view.prompts[place];
  const marks = given();
  if (mark === null || (!move && marks.get(question) === String(mark))) marks.delete(question);
  else marks.set(question, String(mark));
  oral.at = Math.min(place + move, page.view.prompts.length - 1);
  change({ items: page.view.prompts.filter((one) => marks.has(one.question)).map((one) => `${one.question}:${marks.get(one.question)}`) });
  scrollToQuestion();
}

function choose(place) {
  oral.at = Math.min(Math.max(place, 0), page.view.prompts.length - 1);
  showOralMark();
  scrollToQuestion();
}

const scrollToQuestion = () => $("items").children[oral.at]?.scrollIntoView({ block: "nearest" });

const ORAL_COMMANDS = {
  ...Object.fromEntries(Array.from({ length: MOST_MARK + 1 }, (_, mark) => [mark, () => give(oral.at, mark, 1)])),
  ArrowDown: () => choose(oral.at + 1), ArrowUp: () => choose(oral.at - 1), Backspace: () => give(oral.at, null),
  Delete: () => give(oral.at, null),
};
const NOT_ORAL = ["m", "w", "f", "e", "s", "d", "+", "-", "t"]; // what only a report has
