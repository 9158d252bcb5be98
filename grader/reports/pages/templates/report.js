"use strict";
// Sort, filter and page the table of students. Rows out of sight are not in the document, so a
// class of thousands costs what a hundred do; without this script the whole table is there.
(() => {
  const PAGE = 50;
  const table = document.getElementById("students-table");
  if (!table) return;
  const body = table.tBodies[0];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const get = (id) => document.getElementById(id);
  const controls = { search: get("search"), status: get("status"), cause: get("cause"), late: get("late") };
  const state = { column: -1, descending: false, limit: PAGE };

  const students = Array.from(body.rows, (row) => ({
    row,
    keys: Array.from(row.cells, keyOf),
    text: row.textContent.toLowerCase(),
    status: row.dataset.status,
    late: row.dataset.late === "1",
    causes: row.dataset.causes ? row.dataset.causes.split(" ") : [],
  }));
  let shown = students;

  function keyOf(cell) {
    const text = cell.dataset.key ?? cell.textContent.trim();
    return text === "" || isNaN(text) ? text : Number(text);
  }

  function matches(student) {
    const words = controls.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return words.every((word) => student.text.includes(word))
      && (!controls.status.value || student.status === controls.status.value)
      && (!controls.cause.value || student.causes.includes(controls.cause.value))
      && (!controls.late.checked || student.late);
  }

  function compare(a, b) {
    // Empty cells go last, whichever way is sorted.
    if (a === "" || b === "") return (a === "") - (b === "");
    const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b);
    return state.descending ? -order : order;
  }

  function update() {
    shown = students.filter(matches);
    if (state.column >= 0) {
      shown.sort((a, b) => compare(a.keys[state.column], b.keys[state.column]));
    }
    draw();
  }

  function draw() {
    const visible = shown.slice(0, state.limit);
    body.replaceChildren(...visible.map((student) => student.row));
    const count = get("count");
    count.textContent = count.dataset.text
      .replace("{shown}", visible.length).replace("{found}", shown.length).replace("{all}", students.length);
    get("more").hidden = visible.length === shown.length;
  }

  function sortBy(column, header) {
    const ascending = header.getAttribute("aria-sort") === "ascending";
    const first = header.getAttribute("aria-sort") === null && header.classList.contains("high-first");
    state.column = column;
    state.descending = ascending || first;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    update();
  }

  Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
    header.querySelector("button")?.addEventListener("click", () => sortBy(column, header));
  });
  for (const control of Object.values(controls)) {
    control.addEventListener("input", () => { state.limit = PAGE; update(); });
  }
  get("next").addEventListener("click", () => { state.limit += PAGE; draw(); });
  get("all").addEventListener("click", () => { state.limit = Infinity; draw(); });
  get("clear").addEventListener("click", () => {
    controls.search.value = controls.status.value = controls.cause.value = "";
    controls.late.checked = false;
    state.limit = PAGE;
    update();
  });
  for (const button of document.querySelectorAll("[data-show-cause]")) {
    button.addEventListener("click", () => {
      controls.cause.value = button.dataset.showCause;
      state.limit = PAGE;
      update();
      get("students").scrollIntoView();
      controls.cause.focus({ preventScroll: true });
    });
  }
  addEventListener("beforeprint", () => body.replaceChildren(...shown.map((student) => student.row)));
  addEventListener("afterprint", draw);
  for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
  update();
  table.classList.add("ready");
})();
