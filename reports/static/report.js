"use strict";
// The page is whole without this. With it: one scenario at a time, filters, keys, copy buttons.
// The fragment holds all state: #<place>&outcome=failed&outcome=miss&text=<words>

document.documentElement.classList.add("scripted");

const filter = { outcomes: new Set(), text: "" };
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const textOf = new Map(); // row -> what it and its scenario say, in lower case

function readFragment() {
  const [place, ...rest] = location.hash.slice(1).split("&");
  if (rest.length) {
    const given = new URLSearchParams(rest.join("&"));
    filter.outcomes = new Set(given.getAll("outcome"));
    filter.text = given.get("text") ?? "";
  }
  return place;
}

function writeFragment(place) {
  const state = new URLSearchParams([...filter.outcomes].map((outcome) => ["outcome", outcome]));
  if (filter.text) state.set("text", filter.text);
  const fragment = [place || "summary", state.toString()].filter(Boolean).join("&");
  if (fragment !== location.hash.slice(1)) history.replaceState(null, "", "#" + fragment);
}

function says(row, words) {
  if (!words.length) return true; // do not read a whole report just to open it
  if (!textOf.has(row)) {
    const scenario = document.getElementById(row.hash.slice(1));
    textOf.set(row, (row.textContent + " " + scenario.textContent).toLowerCase());
  }
  return words.every((word) => textOf.get(row).includes(word));
}

function wordsSought() {
  return filter.text.toLowerCase().split(/\s+/).filter(Boolean);
}

function applyFilter() {
  const words = wordsSought();
  let fitting = 0;
  for (const row of all(".row")) {
    const fits = (!filter.outcomes.size || filter.outcomes.has(row.dataset.outcome)) && says(row, words);
    row.parentElement.hidden = !fits;
    fitting += fits;
  }
  for (const chip of all(".chip")) chip.setAttribute("aria-pressed", filter.outcomes.has(chip.dataset.outcome));
  document.querySelector(".rows").hidden = !fitting;
  document.querySelector(".nothing").hidden = fitting > 0;
  const field = document.getElementById("text");
  if (field.value !== filter.text) field.value = filter.text;
  markFound(words);
}

function markFound(words) {
  if (!window.Highlight) return;
  const found = new Highlight();
  const section = document.querySelector(".shown");
  const texts = words.length && section ? document.createTreeWalker(section, NodeFilter.SHOW_TEXT) : null;
  while (texts?.nextNode()) {
    const text = texts.currentNode.data.toLowerCase();
    if (text.length !== texts.currentNode.length) continue; // lower case moved the letters
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(texts.currentNode, at);
        range.setEnd(texts.currentNode, at + word.length);
        found.add(range);
      }
    }
  }
  CSS.highlights.set("found", found);
}

let listScroll = 0;

function show() {
  const place = readFragment();
  const target = document.getElementById(place);
  const section = target?.closest(".scenario") ?? document.getElementById("summary");
  const before = document.querySelector(".shown");
  if (before !== section) {
    if (before?.id === "summary") listScroll = scrollY;
    before?.classList.remove("shown");
    section.classList.add("shown");
  }
  applyFilter();
  writeFragment(target ? place : "summary");
  if (target && target !== section) pointAt(target);
  else if (before !== section) scrollTo(0, section.id === "summary" ? listScroll : 0);
}

function mark(step) {
  for (const marked of all(".current")) marked.classList.remove("current");
  step.classList.add("current");
  step.scrollIntoView({ block: "nearest" });
  step.focus({ preventScroll: true });
}

function pointAt(target) {
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  for (const fold of all(":scope > details", target)) fold.open = true;
  mark(target);
}

function move(by) {
  const steps = all(".shown .row, .shown .step").filter((step) => step.checkVisibility());
  const at = steps.findIndex((step) => step === document.activeElement || step.classList.contains("current"));
  const next = steps[at < 0 ? (by > 0 ? 0 : steps.length - 1) : at + by];
  if (!next) return;
  if (next.matches(".row")) next.focus();
  else {
    mark(next);
    writeFragment(next.id);
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.getElementById("text");
  if (event.key === "Escape") {
    if (document.activeElement === field) field.blur();
    else location.hash = "#summary";
  } else if (event.target.matches("input")) {
    return;
  } else if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
  } else if (event.key === "Enter" && event.target.matches(".step")) {
    const folds = all(":scope > details", event.target);
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
  } else if (event.key === "/") {
    event.preventDefault();
    if (!field.checkVisibility()) {
      history.pushState(null, "", "#summary");
      show();
    }
    field.focus();
  }
}

async function copy(button) {
  const around = button.parentElement;
  const text = around.querySelector(":scope > pre")?.textContent ?? around.innerText;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser refused";
  }
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

function onClick(event) {
  const button = event.target.closest("button");
  if (button?.matches(".copy")) copy(button);
  else if (button?.matches(".chip")) {
    const outcome = button.dataset.outcome;
    if (!filter.outcomes.delete(outcome)) filter.outcomes.add(outcome);
    applyFilter();
    writeFragment("summary");
  } else if (event.target.closest(".clear")) {
    filter.outcomes.clear();
    filter.text = "";
    applyFilter();
  }
}

addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("text");
  field.addEventListener("input", () => {
    filter.text = field.value;
    applyFilter();
    writeFragment("summary");
  });
  field.form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("keydown", onKey);
  addEventListener("click", onClick);
  addEventListener("hashchange", show);
  show();
});
