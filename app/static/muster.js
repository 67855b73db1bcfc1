// What pages do better with a script. Without it every page still works.
(() => {
  "use strict";
  const root = document.documentElement;
  const YEAR = 31536000;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  function chooseTheme(choice) {
    const dark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = choice;
    root.dataset.bsTheme = dark ? "dark" : "light";
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${choice}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
    for (const button of all("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  }

  // Menus are <details>: one open at a time, closed by Escape and by a click elsewhere.
  function closeMenus(except) {
    for (const menu of all("details[data-menu][open]")) if (menu !== except) menu.open = false;
  }

  function closeByKey(event) {
    const open = document.querySelector("details[data-menu][open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  }

  // Tick boxes of a list: choose all, and say how many are chosen.
  function countChosen(form) {
    const boxes = all(`input[name="chosen"][form="${form.id}"]`);
    const chosen = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr").classList.toggle("sel", box.checked);
    form.querySelector("[data-chosen]").textContent = `${chosen} chosen`;
    const every = document.querySelector("[data-choose-all]");
    every.hidden = false;
    every.checked = chosen > 0 && chosen === boxes.length;
    every.indeterminate = chosen > 0 && chosen < boxes.length;
  }

  function watchChosen(form) {
    document.addEventListener("change", (event) => {
      if (event.target.matches("[data-choose-all]")) {
        for (const box of all('input[name="chosen"]')) box.checked = event.target.checked;
      }
      if (event.target.matches('[data-choose-all], input[name="chosen"]')) countChosen(form);
    });
    form.addEventListener("reset", () => setTimeout(() => countChosen(form)));
    countChosen(form);
  }

  // A form sent twice by an impatient hand is sent once; coming back to the page frees it again.
  function sendOnce(event) {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  }

  // Keys of a desk: each presses a button or follows a link, or opens a part and goes into its first field.
  function leaveField(event) {
    if (event.key !== "Escape") return false;
    const part = event.target.closest("details[data-key]");
    if (!part) return leaveAskedField(event.target);
    part.open = false;
    part.querySelector("summary").focus();
    return true;
  }

  // A field that a key goes into has no part to close: only the field is left.
  function leaveAskedField(field) {
    const asked = [...(field.labels ?? [])].some((label) => label.matches("[data-key]"));
    if (asked) field.blur();
    return asked;
  }

  // Single keys can be switched off: for who dictates, a word would press several of them.
  function keysAreOff() {
    return localStorage.getItem("keys") === "off";
  }

  function showKeys(button) {
    button.hidden = false;
    button.textContent = keysAreOff() ? "Switch the keys on" : "Switch the keys off";
  }

  function switchKeys(event) {
    localStorage.setItem("keys", keysAreOff() ? "on" : "off");
    showKeys(event.currentTarget);
  }

  function workByKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || leaveField(event)) return;
    if (event.target.closest("input, select, textarea, [popover]:popover-open")) return;
    if (keysAreOff()) return;
    const key = event.key.toLowerCase();
    const wanted = all("[data-key]").find((each) => each.dataset.key.split(" ").includes(key));
    if (!wanted) return;
    event.preventDefault();
    if (!wanted.matches("details")) return wanted.click();
    wanted.open = !wanted.open;
    const field = wanted.open && wanted.querySelector("form input:not([type=hidden]), form select");
    if (!field) return;
    field.focus();
    field.select?.();
  }

  // A text is copied as a whole; where the browser keeps its clipboard shut, it is marked to be copied by hand.
  async function copyWhole(event) {
    const button = event.currentTarget;
    const field = document.getElementById(button.dataset.copies);
    field.select();
    await navigator.clipboard?.writeText(field.value);
    button.textContent = navigator.clipboard ? "Copied" : "Marked: copy it";
  }

  for (const button of all("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", copyWhole);
  }
  document.addEventListener("keydown", workByKey);
  for (const button of all("[data-keys-off]")) {
    showKeys(button);
    button.addEventListener("click", switchKeys);
  }
  document.querySelector("[data-chosen-line]")?.scrollIntoView({ block: "nearest" });

  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (choice) chooseTheme(choice.dataset.themeChoice);
    closeMenus(event.target.closest("details[data-menu]"));
  });
  document.addEventListener("keydown", closeByKey);
  document.addEventListener("submit", sendOnce);
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  const bulk = document.getElementById("bulk");
  if (bulk) watchChosen(bulk);
  for (const tab of all(".tabs a[aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - tab.offsetWidth;
  document.querySelector("[data-errors]")?.focus();
})();
