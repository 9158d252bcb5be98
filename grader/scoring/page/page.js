// The scoring page. One mark is on the screen; every change of it is sent at once with the version
// that was seen, so that nothing is overwritten unseen (409: somebody else wrote meanwhile).
"use strict";

const KEYS = "123456789qwtyuiop".replace(/[wut]/g, ""); // w, u and t are commands
const $ = (id) => document.getElementById(id);
const page = { words: {}, sections: [], queue: [], at: 0, view: null, mark: null, began: Date.now(), count: 0 };

const word = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), page.words[name] || name);

async function get(path, values = {}) {
  const answer = await fetch(`${path}?${new URLSearchParams(values)}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), keepalive: true,
  });
  return { status: answer.status, body: await answer.json() };
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// -- saving ------------------------------------------------------------------------------------

const saver = { waiting: null, running: null, timer: 0 };

function change(values, wait = 0) {
  Object.assign(page.mark, values);
  showMark();
  saver.waiting = { ...page.mark, code: page.view.code, section: page.view.section };
  say("saving");
  clearTimeout(saver.timer);
  saver.timer = setTimeout(flush, wait);
}

async function flush() {
  clearTimeout(saver.timer);
  while (saver.waiting || saver.running) {
    if (saver.running) { await saver.running; continue; }
    const mark = saver.waiting;
    saver.waiting = null;
    saver.running = send(mark).finally(() => { saver.running = null; });
    await saver.running;
  }
}

async function send(mark) {
  say("saving");
  let answer;
  try {
    answer = await post("mark", mark);
  } catch {
    say("unsaved", true);
    if (!saver.waiting) saver.waiting = mark;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return;
  }
  const here = page.view && page.view.code === mark.code && page.view.section === mark.section;
  if (answer.status === 409) return here ? conflict(mark, answer.body) : undefined;
  if (answer.status !== 200) return say("unsaved", true);
  if (saver.waiting && saver.waiting.code === mark.code && saver.waiting.section === mark.section) {
    saver.waiting.version = answer.body.version;
  }
  if (here) {
    page.mark.version = answer.body.version;
    page.mark.points = answer.body.points;
    showPoints();
  }
  if (!saver.waiting) say("saved");
}

function say(name, bad = false) {
  $("state").textContent = word(name);
  $("state").classList.toggle("bad", bad);
}

function conflict(mine, theirs) {
  page.mark = theirs;
  showMark();
  const box = $("conflict");
  const keep = element("button", { textContent: word("theirs"), onclick: () => { box.hidden = true; say("saved"); } });
  const use = element("button", {
    textContent: word("mine"),
    onclick: () => { box.hidden = true; change({ ...mine, version: page.mark.version }); },
  });
  const items = mine.items.map((key) => (page.view.items.find((item) => item.key === key) || { text: key }).text);
  const own = [items.join(" · "), mine.free || "", mine.comment].filter(Boolean).join(" / ");
  box.replaceChildren(element("p", { textContent: word("conflict") }), element("p", { textContent: own }), use, keep);
  box.hidden = false;
  $("state").textContent = "";
}

// -- showing -----------------------------------------------------------------------------------

function showMark() {
  if (isOral()) showOralMark();
  else for (const button of $("items").children) {
    button.setAttribute("aria-pressed", page.mark.items.includes(button.dataset.key));
  }
  for (const [id, value] of [["free", page.mark.free], ["comment", page.mark.comment]]) {
    if (document.activeElement !== $(id)) $(id).value = value;
  }
  $("look").checked = page.mark.look;
  showPoints();
}

function showPoints() {
  if (isOral()) return showOralPoints();
  const worth = (key) => (page.view.items.find((item) => item.key === key) || { points: 0 }).points;
  const sum = page.mark.items.map(worth).reduce((a, b) => a + b, 0) + Number(page.mark.free);
  const points = Math.min(Math.max(sum, 0), page.view.most);
  $("points").textContent = word("points", { points: +points.toFixed(2), most: page.view.most });
  return undefined;
}

function showView() {
  const { view } = page;
  page.mark = view.mark;
  $("who").textContent = `${word("student")} ${view.name}`;
  document.body.classList.toggle("oral", isOral());
  $("rubric-title").textContent = isOral() ? word("oral") : word("rubric");
  if (isOral()) showOral();
  else showAnswer();
  const about = page.sections.find((section) => section.number === view.section) || { full: "", lecture: "" };
  $("full").textContent = [isOral() ? about.full : `${word("full")}: ${about.full}`, about.lecture && `${word("lecture")}: ${about.lecture}`].filter(Boolean).join("\n");
  $("bank").replaceChildren(...view.comments.map((text) => element("button", {
    textContent: text, title: text, onclick: () => change({ comment: [page.mark.comment, text].filter(Boolean).join("\n") }),
  })));
  $("conflict").hidden = true;
  $("left").scrollTop = 0;
  showMark();
  showProgress();
}

function showAnswer() {
  const { view } = page;
  $("answer").innerHTML = view.answer || ""; // made safe on the server by nh3
  if ($("toggle-whole").getAttribute("aria-pressed") === "true") showWhole();
  if (!$("answer").innerHTML) {
    $("answer").replaceChildren(element("p", { className: "absent", textContent: word(view.report ? "no_answer" : "no_report") }));
  }
  $("answer").append(...view.photos.map((src) => element("img", { src, alt: word("photo") })));
  $("evidence").replaceChildren(...view.evidence.map((line) => element("p", { textContent: line })));
  $("items").replaceChildren(...view.items.map(itemButton));
}

function itemButton(item, place) {
  const button = element("button", { onclick: () => toggle(item.key) },
    element("kbd", { textContent: KEYS[place] || "" }), element("span", { textContent: item.text }),
    element("span", { textContent: (item.points > 0 ? "+" : "") + item.points }));
  button.dataset.key = item.key;
  return button;
}

function showProgress() {
  const done = page.queue.filter((one) => one.done).length;
  const left = page.queue.length - done;
  const pace = page.count ? (Date.now() - page.began) / page.count : 0;
  const parts = [word("progress", { done, total: page.queue.length })];
  if (pace && left) parts.push(word("left", { minutes: Math.max(1, Math.round((pace * left) / 60000)) }));
  $("progress").textContent = parts.join(", ");
  $("person").value = page.queue[page.at]?.code || "";
  $("bar").value = page.queue.length ? done / page.queue.length : 0;
}

// -- moving ------------------------------------------------------------------------------------

const ahead = new Map(); // what comes next is fetched while this one is read

function fetched(code) {
  const section = $("section").value;
  const key = `${section} ${code}`;
  if (!ahead.has(key)) ahead.set(key, get("view", { code, section, lang: page.language }));
  const found = ahead.get(key);
  ahead.delete(key);
  return found;
}

async function go(place) {
  if (!page.queue.length) return;
  await flush();
  page.at = (place + page.queue.length) % page.queue.length;
  page.view = await fetched(page.queue[page.at].code);
  showView();
  const next = following(page.at);
  if (next !== page.at) {
    const section = $("section").value;
    const { code } = page.queue[next];
    ahead.set(`${section} ${code}`, get("view", { code, section, lang: page.language }));
  }
}

function following(place) {
  for (let step = 1; step <= page.queue.length; step += 1) {
    const next = (place + step) % page.queue.length;
    if (!page.queue[next].done) return next;
  }
  return (place + 1) % page.queue.length;
}

async function finish() {
  change({ done: true });
  await flush();
  page.queue[page.at].done = true;
  page.count += 1;
  const next = page.sections[$("section").selectedIndex + 1];
  if (byStudent() && next && next.number !== ORAL) { // who reads blind is not led to a name
    $("section").selectedIndex += 1;
    await open($("section").value, page.view.code);
    return;
  }
  if (byStudent()) {
    const last = page.view.code;
    $("section").selectedIndex = 0;
    await open($("section").value, last);
  }
  if (page.queue.every((one) => one.done)) say("all_done");
  await go(following(page.at));
}

// Student by student: the next section of the same report, then the next report.
const byStudent = () => !isOral() && $("by-student").getAttribute("aria-pressed") === "true";

async function open(section, code = "") {
  ahead.clear();
  page.queue = await get("queue", { section });
  $("person").replaceChildren(...page.queue.map((one) => element("option", { value: one.code, textContent: one.name })));
  page.began = Date.now();
  page.count = 0;
  page.view = null;
  $("model").hidden = true;
  $("toggle-model").setAttribute("aria-pressed", "false");
  const same = page.queue.findIndex((one) => one.code === code);
  const first = page.queue.findIndex((one) => !one.done);
  await go(Math.max(same < 0 ? first : same, 0));
}

// -- doing -------------------------------------------------------------------------------------

function toggle(key) {
  const items = page.mark.items.includes(key) ? page.mark.items.filter((one) => one !== key) : [...page.mark.items, key];
  change({ items });
}

function toggleAll() {
  const good = page.view.items.filter((item) => item.points > 0).map((item) => item.key);
  change({ items: good.every((key) => page.mark.items.includes(key)) ? [] : good });
}

async function undo() {
  await flush();
  const { body } = await post("undo", { code: page.view.code, section: page.view.section });
  page.mark = body;
  page.queue[page.at].done = body.done;
  showMark();
  showProgress();
}

async function model() {
  const shown = $("toggle-model").getAttribute("aria-pressed") !== "true";
  $("toggle-model").setAttribute("aria-pressed", shown);
  $("model").hidden = !shown;
  if (shown) $("model").innerHTML = (await get("model", { section: $("section").value })).html;
}

function whole() {
  const button = $("toggle-whole");
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
  showView();
}

async function showWhole() {
  const { code } = page.view;
  const { html } = await get("whole", { code, lang: page.language });
  if (page.view.code !== code) return;
  $("answer").innerHTML = html;
  $("answer").append(...page.view.photos.map((src) => element("img", { src, alt: word("photo") })));
}

function dialog(title, ...content) {
  $("dialog-title").textContent = word(title);
  $("dialog-body").replaceChildren(...content);
  if (!$("dialog").open) $("dialog").showModal();
}

function edit() {
  const rows = page.view.items.map((item) => editor(item, true));
  dialog("edit", ...rows, element("h3", { textContent: word("add") }), editor({ key: "", points: 0, text: "" }, false));
}

function editor(item, known) {
  const field = (name, value, type = "text") => element("input", { value, type, step: "0.25", ariaLabel: word(name), placeholder: word(name) });
  const key = field("key", item.key);
  key.disabled = known;
  const points = field("points_each", item.points, "number");
  const text = field("text", item.text);
  const put = async (remove) => {
    await flush();
    const { body } = await post(`item?lang=${page.language}`, {
      section: page.view.section, key: key.value, points: Number(points.value), text: text.value, remove,
    });
    ahead.clear();
    page.view = await get("view", { code: page.view.code, section: page.view.section, lang: page.language });
    showView();
    edit();
    $("state").textContent = word("changed", { count: body.holders ?? 0 });
  };
  const row = element("div", { className: "line" }, key, points, text,
    element("button", { textContent: word("change"), onclick: () => put(false) }));
  if (known) {
    row.append(element("button", { textContent: word("remove"), onclick: () => put(true) }),
      element("button", { textContent: word("uses"), onclick: () => uses(item.key) }));
  }
  return row;
}

async function uses(key) {
  const found = await get("uses", { section: page.view.section, key, lang: page.language });
  dialog("uses", ...found.map((use) => {
    const answer = element("article");
    answer.innerHTML = use.answer;
    return element("div", { className: "use" }, element("h3", { textContent: `${use.code}: ${use.points}` }), answer);
  }));
}

async function compare() {
  const found = await get("compared");
  dialog("compare", ...(found.length ? found.map((one) => element("p", {
    textContent: `${one.section} ${one.code}: ${one.readers.map((r) => `${r.reader} ${r.points}`).join(" / ")} (${one.most})`,
  })) : [element("p", { textContent: word("nothing") })]));
}

async function drift() {
  const means = await get("drift", { section: $("section").value });
  if (!means.length) return dialog("drift", element("p", { textContent: word("nothing") }));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 40");
  svg.setAttribute("class", "drift");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", means.map((mean) => `${Math.round(100 * mean)} %`).join(", "));
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  const shown = means.length > 1 ? means : [means[0], means[0]];
  const x = (place) => 5 + (90 * place) / (shown.length - 1);
  line.setAttribute("points", shown.map((mean, place) => `${x(place)},${37 - 34 * mean}`).join(" "));
  svg.append(line);
  return dialog("drift", svg, element("p", { textContent: means.map((mean) => `${Math.round(100 * mean)} %`).join(" → ") }));
}

async function history() {
  const found = await get("history", { code: page.view.code });
  dialog("history", ...(found.length ? found.map((one) => element("p", {
    textContent: `${one.at} ${one.reader} ${one.section}: ${one.change}`,
  })) : [element("p", { textContent: word("nothing") })]));
}

function switchOrder() {
  $("by-student").setAttribute("aria-pressed", !byStudent());
}

const picture = { zoom: 0, turn: 0 };

function shape(values) {
  Object.assign(picture, values);
  for (const image of document.querySelectorAll("article img")) {
    image.className = `zoom-${picture.zoom} turn-${picture.turn % 4}`;
  }
}

const COMMANDS = {
  Enter: finish, ArrowRight: finish, ArrowLeft: () => go(page.at - 1), 0: toggleAll, u: undo, m: model, w: whole,
  l: () => change({ look: !page.mark.look }), f: () => $("free").select(), c: () => $("comment").focus(),
  e: edit, s: switchOrder, h: history, d: drift, r: compare, "?": () => dialog("help", element("p", { textContent: isOral() ? word("oral_keys") : word("keys") })),
  "+": () => shape({ zoom: Math.min(picture.zoom + 1, 2) }), "-": () => shape({ zoom: Math.max(picture.zoom - 1, 0) }),
  t: () => shape({ turn: picture.turn + 1 }),
};

// A key pressed while the next report is on its way is meant for that one: keys act one after another.
let acting = Promise.resolve();

function act(command) {
  acting = acting.then(command).catch(() => say("unsaved", true));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $("dialog").open) return;
  const { target } = event;
  if (event.key === "Escape") { target.blur(); return; }
  if (target.matches("input, textarea, select")) return;
  if (target.matches("button") && (event.key === "Enter" || event.key === " ")) return;
  const place = event.key ? KEYS.indexOf(event.key) : -1;
  if (place < 0 && !COMMANDS[event.key] && !(isOral() && ORAL_COMMANDS[event.key])) return;
  event.preventDefault();
  act(() => {
    if (!page.view) return undefined;
    if (isOral()) return NOT_ORAL.includes(event.key) ? undefined : (ORAL_COMMANDS[event.key] || COMMANDS[event.key])?.();
    const item = page.view.items[place];
    return item ? toggle(item.key) : COMMANDS[event.key]?.();
  });
}

document.addEventListener("keydown", onKey);

$("free").addEventListener("input", () => change({ free: Number($("free").value) || 0 }, 200));
$("comment").addEventListener("input", () => change({ comment: $("comment").value }, 300));
$("look").addEventListener("change", () => change({ look: $("look").checked }));
$("section").addEventListener("change", () => act(async () => { await flush(); await open($("section").value); $("left").focus(); }));
$("person").addEventListener("change", () => act(() => go(page.queue.findIndex((one) => one.code === $("person").value))));
for (const [id, command] of [["next", finish], ["previous", () => go(page.at - 1)], ["undo", undo], ["edit", edit],
  ["toggle-model", model], ["toggle-whole", whole], ["show-help", COMMANDS["?"]], ["show-compare", compare], ["show-drift", drift],
  ["show-history", history], ["by-student", switchOrder]]) {
  $(id).addEventListener("click", () => act(command));
}
window.addEventListener("pagehide", () => { if (saver.waiting) post("mark", saver.waiting); });

async function start() {
  const lang = new URLSearchParams(location.search).get("lang") || "";
  const { words, language } = await get("words", { lang });
  Object.assign(page, { words, language });
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = word(place.dataset.word);
  page.sections = await get("sections", { lang: language });
  $("section").replaceChildren(...page.sections.map((section) => element("option", {
    value: section.number, textContent: section.number === ORAL ? word("oral") : `${section.number} (${section.points})`,
  })));
  await open($("section").value);
  $("left").focus();
}

start();
